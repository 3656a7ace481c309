import type { Dim, Shape } from "../onnx/types.js";
import { isKnown } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { broadcastElements } from "../shapes/indexing.js";
import { MAX_VALUE_ELEMENTS } from "./facts.js";
import type { ValueFact } from "./operator.js";

/** The elements of a tensor stretched to the shape of a result; null where either is unknown or too large to follow. */
export function broadcastValue(tensor: ValueFact, shape: Shape): readonly Dim[] | null {
  if (tensor.value === null || !isKnown(tensor.shape) || !isKnown(shape)) return null;
  if (numElements(shape) > MAX_VALUE_ELEMENTS) return null;
  const stretched = tensor.shape.length !== shape.length || tensor.shape.some((dim, axis) => dim !== shape[axis]);
  return stretched ? broadcastElements(tensor.value, tensor.shape, shape) : tensor.value;
}
