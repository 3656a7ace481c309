import { intAttr, intsAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { checkedRank, formatShape, quotientDim, unknownOfRank } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { ModelError } from "../wire/errors.js";
import { fact, NO_COST, requiredInput, scalarOrVectorValue, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

interface ReshapeAttributes {
  /** Only before opset 5; later the shape is an input. */
  readonly shape: readonly number[] | null;
  /** A 0 in the target means no elements instead of "as in the input" (opset 14). */
  readonly allowZero: boolean;
}

/** Reshape: the same elements in the same order under another shape; no data moves. */
const reshape = defineOperator<ReshapeAttributes>({
  domain: "",
  type: "Reshape",
  since: [1, 5, 13, 14, 19, 21, 23, 24, 25],
  kind: "view",
  parseAttributes: (node, opset) => ({
    shape: opset < 5 ? (intsAttr(node, "shape") ?? []) : null,
    allowZero: intAttr(node, "allowzero", 0) !== 0,
  }),
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    return [fact(data.dtype, outputShape(context, data.shape), { value: data.value })];
  },
  cost: () => NO_COST,
});

function outputShape(context: InferenceContext<ReshapeAttributes>, input: Shape): Shape {
  if (context.attributes.shape !== null) return reshaped(input, context.attributes.shape, false);
  const target = requiredInput(context, 1, "shape");
  const value = scalarOrVectorValue(target);
  if (value !== null) return reshaped(input, value, context.attributes.allowZero);
  const rank = vectorLength(target);
  return rank === null ? null : unknownOfRank(rank);
}

/**
 * The shape that a target asks of an input: -1 takes what the others leave, 0 copies the input's dimension. A single
 * element of the target that is unknown can only be what the others leave, like -1.
 * @throws ModelError("invalid-graph") where the numbers of elements contradict each other.
 */
function reshaped(input: Shape, target: readonly Dim[], allowZero: boolean): Shape {
  checkedRank(target.length);
  const dims = target.map((dim, axis) => {
    if (dim === 0 && !allowZero) return copiedDim(input, axis);
    if (typeof dim === "number" && (dim < -1 || !Number.isInteger(dim))) throw invalid(`${dim} is no dimension`);
    return dim;
  });
  if (dims.filter((dim) => dim === -1).length > 1) throw invalid("the target has -1 more than once");
  if (allowZero && dims.includes(-1) && target.includes(0)) throw invalid("the target has both -1 and 0 (allowzero)");
  const open = dims.map((dim) => (dim === -1 ? null : dim));
  if (input === null) return open;
  const hole = open.indexOf(null);
  if (hole >= 0 && open.lastIndexOf(null) === hole) {
    return open.with(hole, quotientDim(input, open.toSpliced(hole, 1)));
  }
  const before = numElements(input);
  const after = numElements(open);
  if (before !== null && after !== null && before !== after) {
    throw invalid(`a tensor ${formatShape(input)} of ${before} elements cannot take the shape ${formatShape(open)}`);
  }
  return open;
}

function copiedDim(input: Shape, axis: number): Dim {
  if (input === null) return null;
  const dim = input[axis];
  if (dim === undefined) throw invalid(`a 0 at axis ${axis} copies a dimension that ${formatShape(input)} lacks`);
  return dim;
}

function invalid(message: string): ModelError {
  return new ModelError("invalid-graph", message, { field: "shape" });
}

export const operators: readonly Operator[] = [reshape];
