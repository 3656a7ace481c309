import { intsAttr } from "../../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../../onnx/types.js";
import { addDims, checkedAdd, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { assertSameDim, assertVector, contradiction, flag, malformed, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "../operator.js";
import { computeCost, type Work } from "../work.js";
import { addWork, attentionWork } from "./attention-work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

export interface AttentionAttributes {
  readonly heads: number;
  /** Widths of Q, K and V in the merged weights; null: a third each. */
  readonly hiddenSizes: readonly [number, number, number] | null;
  /** Past and present are one buffer, as long as the longest sequence. */
  readonly sharesBuffer: boolean;
}

/** @throws ModelError("malformed") for heads or widths under 1, and widths that the heads do not divide. */
export function parseAttention(node: OnnxNode): AttentionAttributes {
  const heads = positiveInt(node, "num_heads", 0);
  return {
    heads,
    hiddenSizes: parseHiddenSizes(node, heads),
    sharesBuffer: flag(node, "past_present_share_buffer", false),
  };
}

function parseHiddenSizes(node: OnnxNode, heads: number): AttentionAttributes["hiddenSizes"] {
  const sizes = intsAttr(node, "qkv_hidden_sizes") ?? [];
  const [query, key, value] = sizes;
  if (query === undefined) return null;
  const fit = sizes.every((size) => size >= 1 && size % heads === 0);
  if (key === undefined || value === undefined || sizes.length > 3 || !fit) {
    throw malformed(node, "qkv_hidden_sizes", `qkv_hidden_sizes must be three multiples of ${heads} heads`);
  }
  return [query, key, value];
}

/** Where an operator of the family has what the others have elsewhere. */
interface Places {
  readonly type: string;
  readonly bias: number;
  readonly past: number | null;
  /** Tensors that are added to the scores. */
  readonly added: readonly number[];
  /** For each output of the merged projection beside its bias: back from integers to floats. */
  readonly projectionFlops: number;
  /** Input that gives the type of the result. */
  readonly typedBy: number;
}

/**
 * Self-attention with the projection to Q, K and V in it:
 *
 *     input [B, S, Din]    weights [Din, Dq + Dk + Dv]    past [2, B, heads, P, H]
 *     -> output [B, S, Dv], present [2, B, heads, P + S, H]
 *
 * MACs: B · S · Din · (Dq + Dk + Dv) of the projection, and those of the attention itself.
 */
function attention(places: Places): Operator {
  return defineOperator<AttentionAttributes>({
    domain: MICROSOFT,
    type: places.type,
    since: [1],
    kind: "matmul",
    parseAttributes: parseAttention,
    inferShapes(context) {
      const { node, attributes } = context;
      const input = requiredInput(context, 0, "input").shape;
      const weights = requiredInput(context, 1, "weights").shape;
      assertRank(node, "input", input, 3);
      assertRank(node, "weights", weights, 2);
      assertSameDim(node, "weights", input?.[2] ?? null, weights?.[0] ?? null, "last dimension of input and weights");
      const width = weights?.[1] ?? null;
      assertVector(node, "bias", optionalInput(context, places.bias)?.shape ?? null, width);
      const values = valueWidth(node, attributes, width);
      const dtype = requiredInput(context, places.typedBy, "input").dtype;
      const result = fact(dtype, [input?.[0] ?? null, input?.[1] ?? null, values]);
      return [result, fact(dtype, presentShape(context, places, values))].slice(0, node.outputs.length);
    },
    cost: (context) => computeCost(context, selfAttentionWork(context, places)),
  });
}

/** Dv, divided evenly among the heads. */
export function valueWidth(node: OnnxNode, { heads, hiddenSizes }: AttentionAttributes, merged: Dim): Dim {
  const [query, key, value] = hiddenSizes ?? [];
  if (query !== undefined && key !== undefined && value !== undefined) {
    assertSameDim(node, "qkv_hidden_sizes", checkedAdd(checkedAdd(query, key), value), merged, "qkv_hidden_sizes");
    return value;
  }
  if (typeof merged !== "number") return null;
  if (merged % (3 * heads) === 0) return merged / 3;
  throw contradiction(node, "num_heads", `${merged} columns of weights are not three times ${heads} heads`);
}

function presentShape(context: InferenceContext<AttentionAttributes>, places: Places, values: Dim): Shape {
  const { heads, sharesBuffer } = context.attributes;
  const past = places.past === null ? null : optionalInput(context, places.past);
  if (past !== null && (sharesBuffer || past.shape === null)) return past.shape;
  const input = context.inputs[0]?.shape ?? null;
  const before = past === null ? 0 : (past.shape?.[3] ?? null);
  const headSize = typeof values === "number" ? Math.floor(values / heads) : null;
  return [2, input?.[0] ?? null, heads, addDims(before, input?.[1] ?? null), headSize];
}

function selfAttentionWork(context: CostContext<AttentionAttributes>, places: Places): Required<Work> {
  const { attributes, inputs } = context;
  const [batch = 0, queries = 0, inner = 0] = knownDims(inputs[0]?.shape);
  const [, merged = 0] = knownDims(inputs[1]?.shape);
  const [query, , value] = attributes.hiddenSizes ?? [merged / 3, merged / 3, merged / 3];
  const past = places.past === null ? null : (inputs[places.past] ?? null);
  const [, , , before = 0] = knownDims(past?.shape);
  const projected = checkedProduct([batch, queries, merged]);
  const projection = {
    macs: checkedMul(projected, inner),
    otherFlops: checkedMul(projected, places.projectionFlops + (inputs[places.bias] ? 1 : 0)),
  };
  const size = {
    batch,
    heads: attributes.heads,
    queries,
    // A shared buffer is counted whole: how much of it is filled is known as the model runs.
    keys: attributes.sharesBuffer && past !== null ? before : checkedAdd(before, queries),
    headSize: query / attributes.heads,
    valueHeadSize: value / attributes.heads,
  };
  return addWork(projection, attentionWork(size, places.added.filter((place) => inputs[place]).length));
}

/** As any product of integers that yields floats: one multiplication by the scales. */
const RESCALE = 1;

const FLOAT_PLACES = { bias: 2, past: 4, added: [3, 5], projectionFlops: 0, typedBy: 0 } as const;

export const operators: readonly Operator[] = [
  attention({ type: "Attention", ...FLOAT_PLACES }),
  // One new position over a cache; mask, past and bias stand as Attention's do.
  attention({ type: "DecoderMaskedSelfAttention", ...FLOAT_PLACES }),
  // input, weight, bias, their scales (3, 4), mask, their zero points (6, 7), past
  attention({ type: "QAttention", bias: 2, past: 8, added: [5], projectionFlops: RESCALE, typedBy: 3 }),
];
