import { floatAttr, stringAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { assertBroadcastsTo, malformed } from "./checks.js";
import { fact, optionalInput, requiredInput, scalarValue } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";
import { floats, noAttributes, unary } from "./unary.js";
import { computeCost, perElement } from "./work.js";

/**
 * Activations. FLOPs for each element are the operations of the formula beside each entry, an evaluation of exp, log
 * or erf being one; those that only select or scale (Relu, LeakyRelu, Clip, PRelu) count one.
 */

export interface ClipAttributes {
  /** null: in the inputs (opset 11 and later). */
  readonly min: number | null;
  readonly max: number | null;
}

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** min(max(x, lo), hi): bounds are attributes up to opset 6, optional inputs since 11. */
const clip = defineOperator<ClipAttributes>({
  domain: "",
  type: "Clip",
  since: [1, 6, 11, 12, 13],
  kind: "activation",
  parseAttributes: (node, opset) =>
    opset < 11
      ? { min: floatAttr(node, "min", -LARGEST_FLOAT32), max: floatAttr(node, "max", LARGEST_FLOAT32) }
      : { min: null, max: null },
  inferShapes(context) {
    const { dtype, shape, value } = requiredInput(context, 0, "input");
    const { min, max } = clipBounds(context);
    const clipped =
      min === undefined || max === undefined
        ? null
        : value?.map((element) => (typeof element === "number" ? Math.min(Math.max(element, min), max) : null));
    return [fact(dtype, shape, { value: clipped ?? null })];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 1) }),
});

/** undefined: given by an input of which the value is not known. */
function clipBounds(context: InferenceContext<ClipAttributes>): { min: number | undefined; max: number | undefined } {
  const { min, max } = context.attributes;
  return {
    min: min ?? boundOf(optionalInput(context, 1), -Infinity),
    max: max ?? boundOf(optionalInput(context, 2), Infinity),
  };
}

function boundOf(bound: ValueFact | null, unbounded: number): number | undefined {
  if (bound === null) return unbounded;
  const value = scalarValue(bound);
  return typeof value === "number" ? value : undefined;
}

/** x < 0 ? slope * x : x, with a slope for each channel or element. */
const prelu = defineOperator<null>({
  domain: "",
  type: "PRelu",
  since: [1, 6, 7, 9, 16],
  kind: "activation",
  parseAttributes: noAttributes,
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const slope = requiredInput(context, 1, "slope");
    // Before opset 7 a vector meant one slope for each channel, wherever the channels lie.
    if (context.opset >= 7) assertBroadcastsTo(context.node, "slope", slope.shape, x.shape);
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 1) }),
});

type GeluApproximation = "none" | "tanh";

function parseGelu(node: OnnxNode): GeluApproximation {
  const approximation = stringAttr(node, "approximate", "none");
  if (approximation === "none" || approximation === "tanh") return approximation;
  throw malformed(node, "approximate", `approximate must be "none" or "tanh"`);
}

export const operators: readonly Operator[] = [
  clip,
  prelu,
  unary({
    type: "Relu",
    since: [1, 6, 13, 14],
    flopsPerElement: 1,
    parseAttributes: noAttributes,
    evaluate: (x) => Math.max(x, 0),
  }),
  unary({ type: "LeakyRelu", since: [1, 6, 16], flopsPerElement: 1, parseAttributes: floats({ alpha: 0.01 }) }),
  // The standard has it since opset 10; before, it was one of the experimental operators that every engine ran.
  unary({ type: "ThresholdedRelu", since: [1, 10, 22], flopsPerElement: 1, parseAttributes: floats({ alpha: 1 }) }),
  // |x| > lambd ? x -+ bias : 0
  unary({ type: "Shrink", since: [9], flopsPerElement: 2, parseAttributes: floats({ bias: 0, lambd: 0.5 }) }),
  // 1 / (1 + exp(-x))
  unary({ type: "Sigmoid", since: [1, 6, 13], flopsPerElement: 4, parseAttributes: noAttributes }),
  // (e - 1) / (e + 1) with e = exp(2x)
  unary({ type: "Tanh", since: [1, 6, 13], flopsPerElement: 5, parseAttributes: noAttributes }),
  // max(0, min(1, alpha * x + beta))
  unary({
    type: "HardSigmoid",
    since: [1, 6, 22],
    flopsPerElement: 4,
    parseAttributes: floats({ alpha: 0.2, beta: 0.5 }),
  }),
  // x * HardSigmoid(x)
  unary({ type: "HardSwish", since: [14, 22], flopsPerElement: 5, parseAttributes: noAttributes }),
  // x * Sigmoid(alpha * x)
  unary({ type: "Swish", since: [24], flopsPerElement: 6, parseAttributes: floats({ alpha: 1 }) }),
  // log(1 + exp(x))
  unary({ type: "Softplus", since: [1, 22], flopsPerElement: 3, parseAttributes: noAttributes }),
  // x / (1 + |x|)
  unary({ type: "Softsign", since: [1, 22], flopsPerElement: 3, parseAttributes: noAttributes }),
  // x * Tanh(Softplus(x))
  unary({ type: "Mish", since: [18, 22], flopsPerElement: 9, parseAttributes: noAttributes }),
  // x < 0 ? alpha * (exp(x) - 1) : x
  unary({ type: "Elu", since: [1, 6, 22], flopsPerElement: 4, parseAttributes: floats({ alpha: 1 }) }),
  // gamma * (x < 0 ? alpha * (exp(x) - 1) : x)
  unary({
    type: "Selu",
    since: [1, 6, 22],
    flopsPerElement: 5,
    parseAttributes: floats({ alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  }),
  // max(0, x) + min(0, alpha * (exp(x / alpha) - 1))
  unary({ type: "Celu", since: [12, 28], flopsPerElement: 7, parseAttributes: floats({ alpha: 1 }) }),
  // 0.5 * x * (1 + erf(x / sqrt(2))), or with tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)) for the erf
  unary({
    type: "Gelu",
    since: [20],
    flopsPerElement: (approximation) => (approximation === "none" ? 5 : 13),
    parseAttributes: parseGelu,
  }),
];
