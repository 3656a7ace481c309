import type { Dim } from "../../onnx/types.js";
import { checkedAdd, checkedMul, formatShape, mulDims } from "../../shapes/dims.js";
import { headWidth } from "../attention-heads.js";
import { assertSameDim, assertVector, contradiction, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { addWork, attentionWork } from "./attention-work.js";
import { parseAttention, valueWidth, type AttentionAttributes } from "./attention.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/** Where the inputs stand that shapes and work depend on. */
const BIAS = 2;
const TOKEN_OFFSET = 3;
const ATTENTION_BIAS = 5;

/**
 * Attention over sequences that lie one behind the other without padding:
 *
 *     input [tokens, Din]    weights [Din, Dq + Dk + Dv]    token_offset [B, S]    ->    output [tokens, Dv]
 *
 * The projection's MACs are those of the tokens alone; those of attention are counted for B sequences of S positions,
 * the longest: how long each one is depends on the data.
 */
const packedAttention = defineOperator<AttentionAttributes>({
  domain: MICROSOFT,
  type: "PackedAttention",
  since: [1],
  kind: "matmul",
  parseAttributes: parseAttention,
  inferShapes(context) {
    const { node, attributes } = context;
    const input = requiredInput(context, 0, "input");
    const weights = requiredInput(context, 1, "weights").shape;
    assertRank(node, "input", input.shape, 2);
    assertRank(node, "weights", weights, 2);
    assertRank(node, "token_offset", requiredInput(context, TOKEN_OFFSET, "token_offset").shape, 2);
    const inner = input.shape?.[1] ?? null;
    assertSameDim(node, "weights", inner, weights?.[0] ?? null, "last dimension of input and weights");
    const merged = weights?.[1] ?? null;
    assertVector(node, "bias", optionalInput(context, BIAS)?.shape ?? null, merged);
    return [fact(input.dtype, [input.shape?.[0] ?? null, valueWidth(node, attributes, merged)])];
  },
  cost(context) {
    const { attributes, inputs } = context;
    const { heads, hiddenSizes } = attributes;
    const [tokens = 0, inner = 0] = knownDims(inputs[0]?.shape);
    const [, merged = 0] = knownDims(inputs[1]?.shape);
    const [batch = 0, positions = 0] = knownDims(inputs[TOKEN_OFFSET]?.shape);
    const [query, , value] = hiddenSizes ?? [merged / 3, merged / 3, merged / 3];
    const projected = checkedMul(tokens, merged);
    const projection = { macs: checkedMul(projected, inner), otherFlops: inputs[BIAS] ? projected : 0 };
    const heading = { headSize: query / heads, valueHeadSize: value / heads };
    const size = { batch, heads, queries: positions, keys: positions, ...heading };
    return computeCost(context, addWork(projection, attentionWork(size, inputs[ATTENTION_BIAS] ? 1 : 0)));
  },
});

/** Where PackedMultiHeadAttention's stand: query, key, value, bias, token_offset, cumulative_sequence_length, attention_bias. */
const MULTI_HEAD = { bias: 3, tokenOffset: 4, attentionBias: 6 } as const;

interface PackedHeads {
  readonly heads: number;
}

/**
 * The same of projected Q, K and V: query `[tokens, D]`, key `[tokens, D]` and value `[tokens, Dv]`, or all packed in
 * query `[tokens, heads, 3, H]` -> output `[tokens, Dv]`.
 */
const packedMultiHeadAttention = defineOperator<PackedHeads>({
  domain: MICROSOFT,
  type: "PackedMultiHeadAttention",
  since: [1],
  kind: "matmul",
  parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0) }),
  inferShapes(context) {
    const { node } = context;
    const query = requiredInput(context, 0, "query");
    assertRank(node, "token_offset", requiredInput(context, MULTI_HEAD.tokenOffset, "token_offset").shape, 2);
    return [fact(query.dtype, [query.shape?.[0] ?? null, packedWidths(context).value])];
  },
  cost(context) {
    const { inputs, outputs } = context;
    const { heads } = context.attributes;
    const [batch = 0, positions = 0] = knownDims(inputs[MULTI_HEAD.tokenOffset]?.shape);
    const [query = 0, value = 0] = knownDims([packedWidths(context).query, packedWidths(context).value]);
    const heading = { headSize: query / heads, valueHeadSize: value / heads };
    const size = { batch, heads, queries: positions, keys: positions, ...heading };
    const work = attentionWork(size, inputs[MULTI_HEAD.attentionBias] ? 1 : 0);
    const [tokens = 0] = knownDims(outputs[0]?.shape);
    const biased = inputs[MULTI_HEAD.bias] ? checkedMul(tokens, checkedAdd(2 * query, value)) : 0;
    return computeCost(context, { ...work, otherFlops: checkedAdd(work.otherFlops, biased) });
  },
});

/** Widths of all heads of Q and of V. */
function packedWidths(context: InferenceContext<PackedHeads>): { readonly query: Dim; readonly value: Dim } {
  const { node, attributes } = context;
  const query = requiredInput(context, 0, "query").shape;
  if (query === null) return { query: null, value: null };
  if (query.length === 4) {
    const [, heads = null, , headSize = null] = query;
    assertSameDim(node, "num_heads", heads, attributes.heads, "num_heads");
    const width = mulDims(attributes.heads, headSize);
    return { query: width, value: width };
  }
  if (query.length !== 2) throw contradiction(node, "query", `query ${formatShape(query)} should have 2 or 4 axes`);
  const value = requiredInput(context, 2, "value").shape;
  assertRank(node, "value", value, 2);
  for (const width of [query[1] ?? null, value?.[1] ?? null]) headWidth(node, "num_heads", width, attributes.heads);
  return { query: query[1] ?? null, value: value?.[1] ?? null };
}

export const operators: readonly Operator[] = [packedAttention, packedMultiHeadAttention];
