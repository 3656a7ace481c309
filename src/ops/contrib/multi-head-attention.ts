import type { Dim, OnnxNode } from "../../onnx/types.js";
import { addDims, checkedAdd, checkedMul, formatShape, mulDims } from "../../shapes/dims.js";
import { headWidth } from "../attention-heads.js";
import { contradiction, flag, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { computeCost } from "../work.js";
import { attentionWork } from "./attention-work.js";
import { MICROSOFT } from "./domains.js";

interface MultiHeadAttentionAttributes {
  readonly heads: number;
  /** Past and present are one buffer, as long as the longest sequence. */
  readonly sharesBuffer: boolean;
}

/** Where an operator of the family has what the others have elsewhere. */
interface Places {
  readonly type: string;
  readonly bias: number;
  /** Tensors that are added to the scores. */
  readonly added: readonly number[];
  readonly pastKey: number;
  /** Whether a query of three axes without a key holds Q, K and V side by side: their widths are then the cache's. */
  readonly packsRows: boolean;
  readonly sharesBuffer: (node: OnnxNode) => boolean;
}

/** Positions and widths of Q, K and V, as far as they are known. */
interface Operands {
  readonly batch: Dim;
  readonly queries: Dim;
  /** Positions of the new keys; those of a cache that comes as `key` included. */
  readonly keys: Dim;
  readonly headSize: Dim;
  readonly valueHeadSize: Dim;
}

/**
 * Attention of projected Q, K and V:
 *
 *     query [B, S, D], key [B, L, D], value [B, L, Dv]
 *     or key and value [B, heads, L, H] (projected once, for cross-attention)
 *     or query [B, S, D] and key [B, L, heads, 2, H] (K and V packed)
 *     or query [B, S, heads, 3, H] (all packed)
 *     -> output [B, S, Dv], present key and value [B, heads, P + L, H], scores [B, heads, S, P + L]
 *
 * with P positions of `past_key`.
 */
function multiHeadAttention(places: Places): Operator {
  return defineOperator<MultiHeadAttentionAttributes>({
    domain: MICROSOFT,
    type: places.type,
    since: [1],
    kind: "matmul",
    parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0), sharesBuffer: places.sharesBuffer(node) }),
    inferShapes(context) {
      const { node, attributes } = context;
      const { heads } = attributes;
      const { dtype } = requiredInput(context, 0, "query");
      const operands = operandsOf(context, places);
      const { batch, queries, headSize, valueHeadSize } = operands;
      const total = totalKeys(context, places, operands);
      return [
        fact(dtype, [batch, queries, mulDims(valueHeadSize, heads)]),
        fact(dtype, [batch, heads, total, headSize]),
        fact(dtype, [batch, heads, total, valueHeadSize]),
        fact(dtype, [batch, heads, queries, total]),
      ].slice(0, node.outputs.length);
    },
    cost(context) {
      const { attributes, inputs } = context;
      const operands = operandsOf(context, places);
      const { batch, queries, headSize, valueHeadSize } = operands;
      const keys = totalKeys(context, places, operands);
      const work = attentionWork(
        {
          batch: known(batch),
          heads: attributes.heads,
          queries: known(queries),
          keys: known(keys),
          headSize: known(headSize),
          valueHeadSize: known(valueHeadSize),
        },
        places.added.filter((place) => inputs[place]).length,
      );
      const biased = inputs[places.bias] ? biasFlops(attributes.heads, operands) : 0;
      return computeCost(context, { ...work, otherFlops: checkedAdd(work.otherFlops, biased) });
    },
  });
}

/** A dimension in `cost`, where it follows from known shapes. */
function known(dim: Dim): number {
  return typeof dim === "number" ? dim : 0;
}

/** One addition for each element of Q and of the new K and V that the bias of the projections meets. */
function biasFlops(heads: number, { batch, queries, keys, headSize, valueHeadSize }: Operands): number {
  const rowOfQ = checkedMul(known(queries), known(headSize));
  const rowOfKv = checkedMul(known(keys), checkedAdd(known(headSize), known(valueHeadSize)));
  return checkedMul(checkedMul(known(batch), heads), checkedAdd(rowOfQ, rowOfKv));
}

function operandsOf(context: InferenceContext<MultiHeadAttentionAttributes>, { pastKey, packsRows }: Places): Operands {
  const { node, attributes } = context;
  const query = requiredInput(context, 0, "query").shape;
  const key = optionalInput(context, 1);
  const value = optionalInput(context, 2);
  if (query === null) return { batch: null, queries: null, keys: null, headSize: null, valueHeadSize: null };
  const [batch = null, queries = null] = query;
  if (query.length === 5) {
    const headSize = query[4] ?? null;
    return { batch, queries, keys: queries, headSize, valueHeadSize: headSize };
  }
  if (query.length !== 3) throw contradiction(node, "query", `query ${formatShape(query)} should have 3 or 5 axes`);
  if (packsRows && key === null) {
    const [headOfK = null, headOfV = null] = [pastKey, pastKey + 1].map((place) => optionalInput(context, place)?.shape?.[3]);
    return { batch, queries, keys: queries, headSize: headOfK, valueHeadSize: headOfV };
  }
  const headSize = headWidth(node, "num_heads", query[2] ?? null, attributes.heads);
  if (key === null) throw contradiction(node, "key", "key is missing beside a query that is not packed");
  return { batch, queries, headSize, ...keysAndValues(node, attributes.heads, headSize, key, value) };
}

function keysAndValues(
  node: OnnxNode,
  heads: number,
  headSize: Dim,
  key: ValueFact,
  value: ValueFact | null,
): Pick<Operands, "keys" | "valueHeadSize"> {
  if (key.shape === null) return { keys: null, valueHeadSize: null };
  if (key.shape.length === 5) return { keys: key.shape[1] ?? null, valueHeadSize: headSize };
  const keys = key.shape.length === 4 ? (key.shape[2] ?? null) : (key.shape[1] ?? null);
  if (value === null) throw contradiction(node, "value", "value is missing beside a key that is not packed");
  if (value.shape === null) return { keys, valueHeadSize: null };
  const split = value.shape.length === 4;
  return { keys, valueHeadSize: split ? (value.shape[3] ?? null) : headWidth(node, "num_heads", value.shape[2] ?? null, heads) };
}

/** Past and new positions; a buffer that past and present share is counted whole. */
function totalKeys(context: InferenceContext<MultiHeadAttentionAttributes>, { pastKey }: Places, { keys }: Operands): Dim {
  const past = optionalInput(context, pastKey);
  if (past === null) return keys;
  const before = past.shape?.[2] ?? null;
  return context.attributes.sharesBuffer ? before : addDims(before, keys);
}

/** `past_sequence_length`. */
const PAST_LENGTH = 8;

export const operators: readonly Operator[] = [
  // query, key, value, bias, key_padding_mask, attention_bias, past_key, past_value, past_sequence_length, cache_indirection
  multiHeadAttention({
    type: "MultiHeadAttention",
    bias: 3,
    added: [4, 5],
    pastKey: 6,
    packsRows: false,
    sharesBuffer: (node) => (node.inputs[PAST_LENGTH] ?? "") !== "",
  }),
  // query, key, value, mask_index, attention_bias, past_key, past_value, past_sequence_length, beam_width,
  // cache_indirection, bias: one new position over a cache
  multiHeadAttention({
    type: "DecoderMaskedMultiHeadAttention",
    bias: 10,
    added: [3, 4],
    pastKey: 5,
    packsRows: true,
    sharesBuffer: (node) => flag(node, "past_present_share_buffer", false),
  }),
];
