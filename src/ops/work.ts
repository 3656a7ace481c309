import type { Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { ModelError } from "../wire/errors.js";
import { tensorBytes } from "./facts.js";
import type { Cost, CostContext } from "./operator.js";

export interface Work {
  /** Multiply-accumulates, each counted as two FLOPs. */
  readonly macs?: number;
  /** Every arithmetic operation that is not part of a MAC. */
  readonly otherFlops?: number;
}

/**
 * The cost of an operator that reads each of its inputs and writes each of its outputs once, in elements as wide as
 * their types: `flops = 2 * macs + otherFlops`.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function computeCost(context: CostContext<unknown>, work: Work): Cost {
  const macs = work.macs ?? 0;
  return {
    macs,
    flops: checkedAdd(checkedMul(2, macs), work.otherFlops ?? 0),
    bytesRead: tensorBytes(context.inputs),
    bytesWritten: tensorBytes(context.outputs),
  };
}

/**
 * Number of elements of a shape of which every dimension is known, as `cost` may rely on.
 * @throws ModelError("unresolved-dimension") for another.
 */
export function knownElements(shape: Shape | undefined): number {
  const elements = numElements(shape ?? null);
  if (elements !== null) return elements;
  throw new ModelError("unresolved-dimension", "the size of a tensor is not known");
}

/** ceil(log2(count)): levels of a heap, a merge or a fast Fourier transform of so many elements. */
export function levelsOf(count: number): number {
  return Math.ceil(Math.log2(Math.max(1, count)));
}

/**
 * Elements of an input or output times a number of operations for each.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function perElement(shape: Shape | undefined, operations: number): number {
  return checkedMul(knownElements(shape), operations);
}
