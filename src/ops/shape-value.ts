import type { Dim } from "../onnx/types.js";
import { checkedRank } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { scalarOrVectorValue, scalarValue } from "./facts.js";
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
    assertDim(element, "shape");
  }
  return value;
}

/**
 * The only element of a tensor that tells a size, as a dimension; null where it is not known, or left out.
 * @throws ModelError("invalid-graph") for an element that is negative or no integer.
 */
export function dimFromScalar(tensor: ValueFact | null, field: string): Dim {
  const value = scalarValue(tensor);
  assertDim(value, field);
  return value;
}

function assertDim(element: Dim, field: string): void {
  if (typeof element !== "number" || (Number.isSafeInteger(element) && element >= 0)) return;
  throw new ModelError("invalid-graph", `${element} is no dimension`, { field });
}
