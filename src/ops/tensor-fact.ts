import type { OnnxTensor } from "../onnx/types.js";
import { checkedRank } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { ModelError } from "../wire/errors.js";
import { fact } from "./facts.js";
import type { ValueFact } from "./operator.js";

/**
 * What a tensor stored in the file says: all but its elements when they are many.
 * @throws ModelError("malformed") for a negative dimension or elements that do not fill the shape;
 *   ModelError("limit-exceeded") for sizes that cannot be counted.
 */
export function factOfTensor(tensor: OnnxTensor): ValueFact {
  checkedRank(tensor.dims.length);
  for (const dim of tensor.dims) {
    if (Number.isInteger(dim) && dim >= 0) continue;
    throw new ModelError("malformed", `tensor "${tensor.name}" has a dimension of ${dim}`, { field: tensor.name });
  }
  const elements = numElements(tensor.dims);
  if (tensor.values !== null && tensor.values.length !== elements) {
    throw new ModelError(
      "malformed",
      `tensor "${tensor.name}" holds ${tensor.values.length} elements where its shape asks for ${elements}`,
      { field: tensor.name },
    );
  }
  return fact(tensor.dtype, tensor.dims, { value: tensor.values, constant: true });
}
