import { stringAttr } from "../../onnx/attributes.js";
import type { OnnxNode, Shape } from "../../onnx/types.js";
import { checkedMul, formatShape } from "../../shapes/dims.js";
import { contradiction } from "../checks.js";
import { fact, requiredInput, tensorElements } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";
import { computeCost } from "../work.js";

interface OptimizerOptions {
  readonly type: string;
  /** What comes for each optimized tensor: the tensor, its gradient, and its accumulators. */
  readonly groups: number;
  /** FLOPs for each element of the optimized tensors. */
  readonly flopsPerElement: (node: OnnxNode) => number;
}

/** Learning rate R and update count T. */
const LEADING = 2;

/**
 * One step of an optimizer for n tensors: inputs R, T, then n tensors, n gradients, and n of each accumulator; outputs
 * the n new tensors and n of each new accumulator, all as large as the tensors.
 */
function optimizer({ type, groups, flopsPerElement }: OptimizerOptions): Operator {
  return defineOperator<null>({
    domain: "ai.onnx.preview.training",
    type,
    since: [1],
    kind: "other",
    parseAttributes: () => null,
    inferShapes(context) {
      const tensors = optimizedTensors(context, groups);
      const kept = Array.from({ length: groups - 1 }, () => tensors);
      return kept.flat().map(({ dtype, shape }) => fact(dtype, shape));
    },
    cost(context) {
      const elements = tensorElements(optimizedTensors(context, groups));
      return computeCost(context, { otherFlops: checkedMul(elements, flopsPerElement(context.node)) });
    },
  });
}

/** @throws ModelError("invalid-graph") where gradients and accumulators are not as many, or not as large. */
function optimizedTensors(context: InferenceContext<null>, groups: number): readonly ValueFact[] {
  const { node, inputs } = context;
  const count = (inputs.length - LEADING) / groups;
  if (!Number.isInteger(count) || count < 1) {
    throw contradiction(node, "inputs", `${inputs.length} inputs are not R, T and ${groups} for each tensor`);
  }
  return Array.from({ length: count }, (_, at) => {
    const tensor = requiredInput(context, LEADING + at, "inputs");
    for (let group = 1; group < groups; group += 1) {
      const { shape } = requiredInput(context, LEADING + group * count + at, "inputs");
      assertAsLarge(node, shape, tensor.shape);
    }
    return tensor;
  });
}

function assertAsLarge(node: OnnxNode, a: Shape, b: Shape): void {
  if (a === null || b === null) return;
  const differ = a.some((dim, axis) => typeof dim === "number" && typeof b[axis] === "number" && dim !== b[axis]);
  if (a.length !== b.length || differ) {
    throw contradiction(node, "inputs", `${formatShape(a)} belongs to a tensor of ${formatShape(b)}`);
  }
}

export const operators: readonly Operator[] = [
  // regularize 2, accumulate the square 2, root and epsilon 2, step 3
  optimizer({ type: "Adagrad", groups: 3, flopsPerElement: () => 9 }),
  // regularize 2, average 3, average of squares 4, root and epsilon 2, step 3, decay 1
  optimizer({ type: "Adam", groups: 4, flopsPerElement: () => 15 }),
  // regularize 2, average 3, step 2; Nesterov's looks ahead for 2 more
  optimizer({
    type: "Momentum",
    groups: 3,
    flopsPerElement: (node) => (stringAttr(node, "mode", "standard") === "nesterov" ? 9 : 7),
  }),
];
