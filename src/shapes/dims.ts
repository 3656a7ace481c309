import type { Dim, Shape } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";

/** No engine takes more; a file that declares more is refused rather than walked. */
export const MAX_RANK = 64;

/** Whether every dimension of a shape is an integer. */
export function isKnown(shape: Shape): shape is readonly number[] {
  if (shape === null) return false;
  for (const dim of shape) if (typeof dim !== "number") return false;
  return true;
}

/**
 * Sum of two integers.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function checkedAdd(a: number, b: number): number {
  return assertSafe(a + b);
}

/**
 * Product of two integers.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function checkedMul(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : assertSafe(a * b);
}

/**
 * Product of integers; 1 for none, 0 as soon as one of them is 0, however large the others are.
 * @throws ModelError("limit-exceeded") past the safe integers.
 */
export function checkedProduct(factors: readonly number[]): number {
  if (factors.includes(0)) return 0;
  let product = 1;
  for (const factor of factors) product = assertSafe(product * factor);
  return product;
}

function assertSafe(result: number): number {
  if (Number.isSafeInteger(result)) return result;
  throw new ModelError("limit-exceeded", `a size of about ${result.toExponential(2)} is beyond what can be counted`);
}

/** a + b; a symbol survives the addition of 0 only. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return checkedAdd(a, b);
  if (a === 0) return b;
  if (b === 0) return a;
  return null;
}

/** a - b; a symbol minus itself is 0. */
export function subDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return checkedAdd(a, -b);
  if (b === 0) return a;
  return a !== null && a === b ? 0 : null;
}

/** a * b; a symbol survives a factor of 1, and vanishes with a factor of 0. */
export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return checkedMul(a, b);
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return null;
}

/** floor(a / b); a symbol survives a divisor of 1. Division by 0 is unknown. */
export function floorDivDims(a: Dim, b: Dim): Dim {
  if (b === 0) return null;
  if (typeof a === "number" && typeof b === "number") return Math.floor(a / b);
  return b === 1 ? a : null;
}

/**
 * Two statements about one dimension, joined: an integer says more than a symbol, a symbol more than nothing; of two
 * symbols the first stands.
 * @throws ModelError("invalid-graph") where two integers differ.
 */
export function unifyDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number" && a !== b) {
    throw new ModelError("invalid-graph", `a dimension is ${a} and also ${b}`);
  }
  if (typeof a === "number" || b === null) return a;
  return typeof b === "number" || a === null ? b : a;
}

/**
 * The one dimension d for which product(rest) * d = product(whole): symbols that occur on both sides cancel. null
 * where that leaves something unknown.
 * @throws ModelError("invalid-graph") where integers do not divide.
 */
export function quotientDim(whole: readonly Dim[], rest: readonly Dim[]): Dim {
  if (rest.includes(0) || whole.includes(null) || rest.includes(null)) return null;
  if (whole.includes(0)) return 0;
  const symbols = whole.filter((dim): dim is string => typeof dim === "string");
  for (const dim of rest) {
    if (typeof dim !== "string") continue;
    const at = symbols.indexOf(dim);
    if (at < 0) return null;
    symbols.splice(at, 1);
  }
  const dividend = checkedProduct(integersOf(whole));
  const divisor = checkedProduct(integersOf(rest));
  if (dividend % divisor !== 0) {
    if (symbols.length > 0) return null;
    throw new ModelError("invalid-graph", `${dividend} elements cannot be divided into groups of ${divisor}`);
  }
  const quotient = dividend / divisor;
  if (symbols.length === 0) return quotient;
  return symbols.length === 1 && quotient === 1 ? (symbols[0] ?? null) : null;
}

function integersOf(dims: readonly Dim[]): readonly number[] {
  return dims.filter((dim): dim is number => typeof dim === "number");
}

/**
 * An axis counted from the front: negative ones count from the end.
 * @throws ModelError("invalid-graph") outside -rank..rank-1.
 */
export function normalizeAxis(axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(normalized) && normalized >= 0 && normalized < rank) return normalized;
  throw new ModelError("invalid-graph", `axis ${axis} is outside a tensor of rank ${rank}`, { field: "axis" });
}

/**
 * Axes counted from the front, in the order given.
 * @throws ModelError("invalid-graph") for an axis outside the rank or named twice.
 */
export function normalizeAxes(axes: readonly number[], rank: number): readonly number[] {
  const normalized = axes.map((axis) => normalizeAxis(axis, rank));
  if (new Set(normalized).size === normalized.length) return normalized;
  throw new ModelError("invalid-graph", `axes [${axes.join(", ")}] name an axis twice`, { field: "axes" });
}

/**
 * A rank as given.
 * @throws ModelError("limit-exceeded") over {@link MAX_RANK}; checked before anything of that length is built.
 */
export function checkedRank(rank: number): number {
  if (rank <= MAX_RANK) return rank;
  throw new ModelError("limit-exceeded", `a tensor of rank ${rank}; at most ${MAX_RANK} are accepted`);
}

/** A shape of which only the rank is known. */
export function unknownOfRank(rank: number): Dim[] {
  return new Array<Dim>(checkedRank(rank)).fill(null);
}

/** `[1, N, ?]`, for messages. */
export function formatShape(shape: Shape): string {
  return shape === null ? "of unknown rank" : `[${shape.map((dim) => dim ?? "?").join(", ")}]`;
}
