import type { Dim } from "../onnx/types.js";
import { checkedRank } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { scalarOrVectorValue } from "./facts.js";
import type { ValueFact } from "./operator.js";

/**
 * The elements of a tensor that spells out a shape, as dimensions; null where none of them is known.
 * @throws ModelError("invalid-graph") for an element that is negative or no integer.
 */
export function dimsFromValue(tensor: ValueFact): readonly Dim[] | null {
  const value = scalarOrVectorValue(tensor);
  if (value === null) return null;
  checkedRank(value.length);
  for (const element of value) {
    if (typeof element !== "number" || (Number.isInteger(element) && element >= 0)) continue;
    throw new ModelError("invalid-graph", `${element} is no dimension`, { field: "shape" });
  }
  return value;
}
