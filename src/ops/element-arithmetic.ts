import { bitsOf, type DataType } from "../onnx/dtype.js";
import type { Dim } from "../onnx/types.js";

/**
 * Arithmetic on the elements of small constant tensors, as exporters write it to compute shapes: `Div(Shape(x)[2], 2)`.
 * What the element type cannot hold, and whatever is not sure, is null.
 */

const INTEGERS: ReadonlySet<DataType | null> = new Set<DataType>([
  ...(["int8", "int16", "int32", "int64"] as const),
  ...(["uint8", "uint16", "uint32", "uint64"] as const),
]);

export function isInteger(dtype: DataType | null): boolean {
  return INTEGERS.has(dtype);
}

/**
 * The number as an element of this type: rounded for float32; null where it overflows (int64 is followed within the
 * safe integers), is not finite, or the type's arithmetic is not followed (16-bit floats and smaller).
 */
export function representable(value: number, dtype: DataType | null): number | null {
  if (!Number.isFinite(value)) return null;
  if (dtype === "float64") return value;
  if (dtype === "float32") return finiteOrNull(Math.fround(value));
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === null || !isInteger(dtype) || !Number.isSafeInteger(value)) return null;
  const bits = bitsOf(dtype);
  const unsigned = dtype.startsWith("uint");
  const lowest = unsigned ? 0 : -(2 ** (bits - 1));
  const highest = 2 ** (unsigned ? bits : bits - 1) - 1;
  // "+ 0" turns the -0 of a truncated division into the 0 that integers have.
  return value >= lowest && value <= highest ? value + 0 : null;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Numbers beyond the safe integers were saturated as they were read, so calculating with one says nothing. */
function isSaturated(value: number): boolean {
  return Math.abs(value) >= Number.MAX_SAFE_INTEGER;
}

/** A rule on two elements; symbols stand for unknown dimensions. */
export type ElementRule = (a: Dim, b: Dim, dtype: DataType | null) => Dim;

function onNumbers(
  calculate: (a: number, b: number, dtype: DataType | null) => number,
  onSymbols: (a: Dim, b: Dim) => Dim = () => null,
): ElementRule {
  return (a, b, dtype) => {
    if (typeof a !== "number" || typeof b !== "number") return onSymbols(a, b);
    if (isInteger(dtype) && (isSaturated(a) || isSaturated(b))) return null;
    return representable(calculate(a, b, dtype), dtype);
  };
}

/** Choosing and comparing is exact even where an operand is saturated. */
function onOrder(choose: (a: number, b: number) => number): ElementRule {
  return (a, b) => (typeof a === "number" && typeof b === "number" ? choose(a, b) : a === b ? a : null);
}

function onTruth(compare: (a: number, b: number) => boolean): ElementRule {
  return (a, b) => (typeof a === "number" && typeof b === "number" ? Number(compare(a, b)) : null);
}

export const add = onNumbers(
  (a, b) => a + b,
  (a, b) => (a === 0 ? b : b === 0 ? a : null),
);

export const subtract = onNumbers(
  (a, b) => a - b,
  (a, b) => (b === 0 ? a : a !== null && a === b ? 0 : null),
);

export const multiply = onNumbers(
  (a, b) => a * b,
  (a, b) => (a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : null),
);

/** "For integer inputs, the result is computed using truncating division (rounding toward zero)." */
export const divide = onNumbers(
  (a, b, dtype) => (isInteger(dtype) ? Math.trunc(a / b) : a / b),
  (a, b) => (b === 1 ? a : null),
);

export const power = onNumbers((a, b) => a ** b);

/** `fmod = 0`: the sign of the divisor, as Python's %. */
export const floorModulo = onNumbers((a, b) => a - Math.floor(a / b) * b);

/** `fmod = 1`: the sign of the dividend, as C's fmod. */
export const truncatedModulo = onNumbers((a, b) => a % b);

export const minimum = onOrder(Math.min);
export const maximum = onOrder(Math.max);

export const less = onTruth((a, b) => a < b);
export const lessOrEqual = onTruth((a, b) => a <= b);
export const greater = onTruth((a, b) => a > b);
export const greaterOrEqual = onTruth((a, b) => a >= b);

export const logicalAnd = onTruth((a, b) => a !== 0 && b !== 0);
export const logicalOr = onTruth((a, b) => a !== 0 || b !== 0);
export const logicalXor = onTruth((a, b) => (a !== 0) !== (b !== 0));
