import { floatAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, formatShape } from "../../shapes/dims.js";
import { assertVector, contradiction } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { noAttributes, unary } from "../unary.js";
import { computeCost, perElement } from "../work.js";
import { MICROSOFT } from "./domains.js";

/** As ai.onnx counts Gelu, exact and approximated with tanh. */
const GELU = 5;
const FAST_GELU = 13;

/** FastGelu's bias is optional. */
function hasBias(node: OnnxNode): boolean {
  return (node.inputs[1] ?? "") !== "";
}

/** Bias, then the left half times the Gelu of the right half: `[N, S, D] -> [N, S, D / 2]`. */
const biasSplitGelu = defineOperator<null>({
  domain: MICROSOFT,
  type: "BiasSplitGelu",
  since: [1],
  kind: "activation",
  parseAttributes: noAttributes,
  inferShapes(context) {
    const { node } = context;
    const { dtype, shape } = requiredInput(context, 0, "X");
    const bias = requiredInput(context, 1, "bias");
    if (shape === null) return [fact(dtype, null)];
    if (shape.length !== 3) throw contradiction(node, "X", `X ${formatShape(shape)} should have three axes`);
    const [batch = null, positions = null, width = null] = shape;
    assertVector(node, "bias", bias.shape, width);
    if (typeof width === "number" && width % 2 !== 0) throw contradiction(node, "X", `${width} has no halves`);
    return [fact(dtype, [batch, positions, typeof width === "number" ? width / 2 : null])];
  },
  cost(context) {
    const biased = perElement(context.inputs[0]?.shape, 1);
    return computeCost(context, { otherFlops: checkedAdd(biased, perElement(context.outputs[0]?.shape, GELU + 1)) });
  },
});

const activations: readonly Operator[] = [
  unary({ type: "Gelu", since: [1], flopsPerElement: GELU, parseAttributes: noAttributes }),
  unary({ type: "BiasGelu", since: [1], flopsPerElement: GELU + 1, parseAttributes: noAttributes }),
  unary({
    type: "FastGelu",
    since: [1],
    flopsPerElement: (biased) => FAST_GELU + (biased ? 1 : 0),
    parseAttributes: hasBias,
  }),
  // x * Sigmoid(alpha * x), as Swish
  unary({
    type: "QuickGelu",
    since: [1],
    flopsPerElement: 6,
    parseAttributes: (node) => ({ alpha: floatAttr(node, "alpha", 1.702) }),
  }),
];

export const operators: readonly Operator[] = [
  ...activations.map((operator) => ({ ...operator, domain: MICROSOFT })),
  biasSplitGelu,
];
