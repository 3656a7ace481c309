import type { DataType } from "../onnx/dtype.js";
import type { Dim, Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul } from "../shapes/dims.js";
import { bytesOfTensor, numElements } from "../shapes/elements.js";
import { ModelError } from "../wire/errors.js";
import type { Cost, CostContext, InferenceContext, ValueFact } from "./operator.js";

/** Elements of larger tensors are never followed: shape arithmetic needs a few, and a file may declare terabytes. */
export const MAX_VALUE_ELEMENTS = 4096;

/** A tensor of which nothing is known. */
export const UNKNOWN_FACT: ValueFact = { dtype: null, shape: null, value: null, constant: false };

/** The cost of an operator that moves no data and computes nothing while the model runs. */
export const NO_COST: Cost = { macs: 0, flops: 0, bytesRead: 0, bytesWritten: 0 };

/**
 * A fact; `value` is dropped over {@link MAX_VALUE_ELEMENTS}. An operator sets `constant` only for what it knows by
 * itself (Constant, Shape): the graph marks whatever is computed from constants alone.
 */
export function fact(
  dtype: DataType | null,
  shape: Shape,
  known: { readonly value?: readonly Dim[] | null; readonly constant?: boolean } = {},
): ValueFact {
  const value = known.value ?? null;
  return {
    dtype,
    shape,
    value: value !== null && value.length <= MAX_VALUE_ELEMENTS ? value : null,
    constant: known.constant ?? false,
  };
}

/**
 * The input at an index.
 * @throws ModelError("invalid-graph") where the node leaves it out.
 */
export function requiredInput(context: InferenceContext<unknown>, index: number, name: string): ValueFact {
  const input = context.inputs[index];
  if (input !== null && input !== undefined) return input;
  throw new ModelError("invalid-graph", `input "${name}" is missing`, { field: name });
}

/** The input at an index, or null where the node leaves it out. */
export function optionalInput(context: InferenceContext<unknown>, index: number): ValueFact | null {
  return context.inputs[index] ?? null;
}

/** The elements of a scalar or a vector as far as they are known; null for another rank or where none is known. */
export function scalarOrVectorValue(tensor: ValueFact | null): readonly Dim[] | null {
  if (tensor?.shape?.length === 1 && tensor.shape[0] === 0) return [];
  if (tensor === null || tensor.value === null) return null;
  return tensor.shape !== null && tensor.shape.length > 1 ? null : tensor.value;
}

/** The elements of a scalar or a vector when every one of them is an integer. */
export function integerValues(tensor: ValueFact | null): readonly number[] | null {
  const value = scalarOrVectorValue(tensor);
  return value !== null && value.every((element) => typeof element === "number" && Number.isInteger(element))
    ? (value as readonly number[])
    : null;
}

/** The only element of a tensor; null where unknown. */
export function scalarValue(tensor: ValueFact | null): Dim {
  return tensor?.value?.length === 1 ? (tensor.value[0] ?? null) : null;
}

/** The length of a vector such as a list of axes or a shape; null where unknown. */
export function vectorLength(tensor: ValueFact): number | null {
  const value = scalarOrVectorValue(tensor);
  if (value !== null) return value.length;
  const length = tensor.shape?.length === 1 ? tensor.shape[0] : null;
  return typeof length === "number" ? length : null;
}

/**
 * Bytes of a tensor, or of all tensors in a sequence or optional; null where unknown.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function bytesOfFact(fact: ValueFact): number | null {
  if (fact.container === undefined) return bytesOfTensor(fact);
  const { items, length, element } = fact.container;
  if (items === null) {
    const each = length === 0 ? 0 : bytesOfFact(element);
    return each === null || typeof length !== "number" ? null : checkedMul(length, each);
  }
  let total = 0;
  for (const item of items) {
    const bytes = bytesOfFact(item);
    if (bytes === null) return null;
    total = checkedAdd(total, bytes);
  }
  return total;
}

/**
 * Bytes of all these tensors, an optional one that is left out counting 0. For use in `cost`, where everything is
 * known.
 * @throws ModelError("unresolved-dimension") for a tensor of unknown size.
 */
export function tensorBytes(tensors: readonly (ValueFact | null | undefined)[]): number {
  let total = 0;
  for (const tensor of tensors) {
    if (tensor === null || tensor === undefined) continue;
    const bytes = bytesOfFact(tensor);
    if (bytes === null) throw unsized();
    total = checkedAdd(total, bytes);
  }
  return total;
}

/**
 * Number of elements of all these tensors. For use in `cost`, where everything is known.
 * @throws ModelError("unresolved-dimension") for a tensor of unknown size.
 */
export function tensorElements(tensors: readonly (ValueFact | null | undefined)[]): number {
  let total = 0;
  for (const tensor of tensors) {
    if (tensor === null || tensor === undefined) continue;
    const elements = numElements(tensor.shape);
    if (elements === null) throw unsized();
    total = checkedAdd(total, elements);
  }
  return total;
}

function unsized(): ModelError {
  return new ModelError("unresolved-dimension", "the size of a tensor is not known");
}

/** The cost of an operator that reads each of its inputs and writes each of its outputs once without computing. */
export function copyCost({ inputs, outputs }: CostContext<unknown>): Cost {
  return movementCost(tensorBytes(inputs), tensorBytes(outputs));
}

/** The cost of moving data without computing on it, in bytes. */
export function movementCost(bytesRead: number, bytesWritten: number): Cost {
  return { macs: 0, flops: 0, bytesRead, bytesWritten };
}
