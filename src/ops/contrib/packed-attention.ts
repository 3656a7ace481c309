import { checkedMul } from "../../shapes/dims.js";
import { assertSameDim, assertVector } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
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

export const operators: readonly Operator[] = [packedAttention];
