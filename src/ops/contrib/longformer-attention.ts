import { addDims, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { assertSameDim, assertVector, positiveInt } from "../checks.js";
import { headWidth } from "../attention-heads.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { addWork, attentionWork } from "./attention-work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

interface LongformerAttributes {
  readonly heads: number;
  /** Positions to each side that a position looks at. */
  readonly window: number;
}

const WEIGHT = 1;
const MASK = 3;

/**
 * Self-attention of each position to its neighbours, with the projection to Q, K and V in it:
 *
 *     input [B, S, D]    weight [D, 3 D]    global_weight [D, 3 D]    ->    output [B, S, D]
 *
 * MACs: B · S · D · 3 D of the projection, and attention of each position over `2 · window` others, S at most. The
 * positions that look at all others are known only as the model runs: neither their attention nor their projection counts.
 */
const longformerAttention = defineOperator<LongformerAttributes>({
  domain: MICROSOFT,
  type: "LongformerAttention",
  since: [1],
  kind: "matmul",
  parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0), window: positiveInt(node, "window", 0) }),
  inferShapes(context) {
    const { node, attributes } = context;
    const { dtype, shape } = requiredInput(context, 0, "input");
    const weight = requiredInput(context, WEIGHT, "weight").shape;
    assertRank(node, "input", shape, 3);
    assertRank(node, "weight", weight, 2);
    const width = shape?.[2] ?? null;
    headWidth(node, "num_heads", width, attributes.heads);
    assertSameDim(node, "weight", width, weight?.[0] ?? null, "last dimension of input and weight");
    const merged = addDims(width, addDims(width, width));
    assertSameDim(node, "weight", merged, weight?.[1] ?? null, "columns of weight and three times the width");
    assertVector(node, "bias", optionalInput(context, 2)?.shape ?? null, merged);
    return [fact(dtype, shape)];
  },
  cost(context) {
    const { attributes, inputs } = context;
    const { heads, window } = attributes;
    const [batch = 0, queries = 0, width = 0] = knownDims(inputs[0]?.shape);
    const projected = checkedProduct([batch, queries, 3, width]);
    const headSize = width / heads;
    const size = { batch, heads, queries, keys: Math.min(queries, 2 * window), headSize, valueHeadSize: headSize };
    const projection = { macs: checkedMul(projected, width), otherFlops: inputs[2] ? projected : 0 };
    return computeCost(context, addWork(projection, attentionWork(size, inputs[MASK] ? 1 : 0)));
  },
});

export const operators: readonly Operator[] = [longformerAttention];
