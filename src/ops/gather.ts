import { intAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { fact, movementCost, requiredInput, tensorBytes } from "./facts.js";
import { defineOperator, type Cost, type CostContext, type Operator, type ValueFact } from "./operator.js";

/** What is gathered is read and written once, and the indices are read; the rest of the data is not touched. */
export function gatherCost({ inputs, outputs }: CostContext<unknown>): Cost {
  const touched = tensorBytes(outputs);
  return movementCost(touched + tensorBytes(inputs.slice(1)), touched);
}

/**
 * Shape of the data with the indices' in the place of one axis.
 * @throws ModelError("invalid-graph") for an axis that the data has not.
 */
export function gatherShape(data: Shape, indices: Shape, axis: number): Shape {
  if (data === null || indices === null) return null;
  const at = normalizeAxis(axis, data.length);
  return [...data.slice(0, at), ...indices, ...data.slice(at + 1)];
}

/** Gather: slices of the data along one axis, in the order of the indices. */
const gather = defineOperator<{ readonly axis: number }>({
  domain: "",
  type: "Gather",
  since: [1, 11, 13],
  kind: "movement",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", 0) }),
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    const indices = requiredInput(context, 1, "indices");
    const shape = gatherShape(data.shape, indices.shape, context.attributes.axis);
    return [fact(data.dtype, shape, { value: shape !== null && data.shape?.length === 1 ? picked(data, indices) : null })];
  },
  cost: gatherCost,
});

/** Elements of a vector at the indices; negative ones count from the end. */
function picked(data: ValueFact, indices: ValueFact): readonly Dim[] | null {
  const { value } = data;
  if (value === null || indices.value === null) return null;
  return indices.value.map((index) => {
    if (typeof index !== "number") return null;
    const element = value.at(index);
    if (element !== undefined) return element;
    throw new ModelError("invalid-graph", `index ${index} into a vector of ${value.length}`, { field: "indices" });
  });
}

export const operators: readonly Operator[] = [gather];
