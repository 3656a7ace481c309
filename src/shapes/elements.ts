import { bitsOf, type DataType } from "../onnx/dtype.js";
import type { Shape } from "../onnx/types.js";
import { checkedMul, checkedProduct, isKnown } from "./dims.js";

/** Element type and shape: what a tensor's size follows from. */
export interface TensorType {
  readonly dtype: DataType | null;
  readonly shape: Shape;
}

/**
 * Number of elements; null where a dimension is not an integer. A scalar has one.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function numElements(shape: readonly number[]): number;
export function numElements(shape: Shape): number | null;
export function numElements(shape: Shape): number | null {
  return isKnown(shape) ? checkedProduct(shape) : null;
}

/**
 * Bytes of a tensor: elements times the width of the type, types under a byte packed and rounded up to one. Strings
 * have no fixed width and count 0. null where the type or a dimension is unknown.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function bytesOfTensor(tensor: TensorType): number | null {
  const elements = numElements(tensor.shape);
  if (elements === null || tensor.dtype === null || tensor.dtype === "undefined") return null;
  const bits = bitsOf(tensor.dtype);
  return bits % 8 === 0 ? checkedMul(elements, bits / 8) : Math.ceil(checkedMul(elements, bits) / 8);
}
