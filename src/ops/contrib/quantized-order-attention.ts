import type { Dim } from "../../onnx/types.js";
import { checkedAdd, checkedMul, checkedProduct } from "../../shapes/dims.js";
import { headWidth } from "../attention-heads.js";
import { assertVector, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator } from "../operator.js";
import { computeCost } from "../work.js";
import { addWork, attentionWork } from "./attention-work.js";
import { assertRank, knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE, QUANTIZE } from "./quantization.js";
import { otherDim } from "./quantized-order.js";

interface QOrderedAttentionAttributes {
  readonly heads: number;
}

/** Weights of Q, K and V, their biases, and where they and what is added to the scores stand among the inputs. */
const PROJECTIONS = [
  { name: "Q", weight: 5, bias: 11 },
  { name: "K", weight: 6, bias: 12 },
  { name: "V", weight: 7, bias: 13 },
] as const;
const ADDED = [17, 19];
const PAST = 18;

/**
 * Self-attention on int8 tensors in the order of a GPU's matrix product, with the projections to Q, K and V in it, each
 * with weights of its own:
 *
 *     input [B, S, Din], weights [Din, D] whichever way they lie, past [2, B, heads, P, D / heads] -> output [B, S, D]
 *
 *     MACs   B · S · Din · (Dq + Dk + Dv), and those of attention over P + S keys
 *     FLOPs  for each element of the projections and of the output: requantizing 6 and 4; 1 for a bias; as Attention
 */
const qOrderedAttention = defineOperator<QOrderedAttentionAttributes>({
  domain: MICROSOFT,
  type: "QOrderedAttention",
  since: [1],
  kind: "matmul",
  parseAttributes: (node) => ({ heads: positiveInt(node, "num_heads", 0) }),
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "input");
    assertRank(context.node, "input", shape, 3);
    const [, , values = null] = widthsOf(context);
    return [fact(dtype, shape === null ? null : shape.with(-1, values))];
  },
  cost(context) {
    const { attributes, inputs } = context;
    const { heads } = attributes;
    const [batch = 0, queries = 0, inner = 0] = knownDims(inputs[0]?.shape);
    const [query = 0, key = 0, value = 0] = knownDims(widthsOf(context));
    const positions = checkedMul(batch, queries);
    const projected = checkedMul(positions, checkedAdd(checkedAdd(query, key), value));
    const biased = PROJECTIONS.some(({ bias }) => inputs[bias]) ? 1 : 0;
    const [, , , before = 0] = knownDims(inputs[PAST]?.shape);
    const size = {
      batch,
      heads,
      queries,
      keys: checkedAdd(before, queries),
      headSize: query / heads,
      valueHeadSize: value / heads,
    };
    const projection = {
      macs: checkedMul(projected, inner),
      otherFlops: checkedAdd(checkedMul(projected, QUANTIZE + DEQUANTIZE + biased), checkedProduct([positions, value, QUANTIZE])),
    };
    return computeCost(context, addWork(projection, attentionWork(size, ADDED.filter((place) => inputs[place]).length)));
  },
});

/** Widths of Q, K and V. @throws ModelError("invalid-graph") for weights or biases that do not fit, or heads that do not divide them */
function widthsOf(context: InferenceContext<QOrderedAttentionAttributes>): readonly Dim[] {
  const { node, attributes } = context;
  const inner = requiredInput(context, 0, "input").shape?.[2] ?? null;
  return PROJECTIONS.map(({ name, weight, bias }) => {
    const width = otherDim(node, `${name}_weight`, requiredInput(context, weight, `${name}_weight`).shape, inner);
    assertVector(node, `${name}_bias`, optionalInput(context, bias)?.shape ?? null, width);
    headWidth(node, "num_heads", width, attributes.heads);
    return width;
  });
}

export const operators: readonly Operator[] = [qOrderedAttention];
