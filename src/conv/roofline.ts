import type { KernelFacts } from "../features/kernel-facts.js";
import { solveNonNegative } from "./nnls.js";

/**
 * The engine-aware counterpart of the paper's regression: for each class of kernel and layout, latency as a
 * non-negative sum of what the kernel computes and moves (a roofline with soft corners). It extrapolates sensibly to
 * sizes that no sweep reached, and is what the learned correction is relative to.
 */
export const ROOFLINE_TERMS = [
  "constant",
  "paddedMacs",
  "activationBytes",
  "weightBytes",
  "im2colBytes",
  "outputPlanes",
] as const;

export interface RooflineModel {
  /** Class and layout -> microseconds per unit of each of ROOFLINE_TERMS. */
  readonly coefficients: ReadonlyMap<string, readonly number[]>;
  /** For classes that were never measured: the costs of an average kernel. */
  readonly fallback: readonly number[];
}

export interface MeasuredKernel {
  readonly facts: KernelFacts;
  readonly latencyUs: number;
}

/** Fewer measurements than this do not fit a class of their own. */
const MINIMUM_ROWS = 12;
/** No kernel takes less: the profiler's resolution is a microsecond. */
const FLOOR_US = 0.5;

export function rooflineKey({ kernelClass, blocked }: KernelFacts): string {
  return `${kernelClass}${blocked ? "/blocked" : ""}`;
}

/** Fits each class by non-negative least squares on relative errors. */
export function fitRoofline(rows: readonly MeasuredKernel[]): RooflineModel {
  const byKey = new Map<string, MeasuredKernel[]>();
  for (const row of rows) {
    const key = rooflineKey(row.facts);
    const list = byKey.get(key);
    if (list) list.push(row);
    else byKey.set(key, [row]);
  }
  const coefficients = new Map<string, readonly number[]>();
  for (const [key, list] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (list.length >= MINIMUM_ROWS) coefficients.set(key, fitClass(list));
  }
  return { coefficients, fallback: fitClass(rows.filter(({ facts }) => facts.macs === 0)) };
}

/** Latency in microseconds. A class seen in one layout only stands in for the other. */
export function rooflineUs(model: RooflineModel, facts: KernelFacts): number {
  const coefficients =
    model.coefficients.get(rooflineKey(facts)) ??
    model.coefficients.get(rooflineKey({ ...facts, blocked: !facts.blocked })) ??
    model.fallback;
  const terms = termsOf(facts);
  return Math.max(
    FLOOR_US,
    coefficients.reduce((sum, coefficient, i) => sum + coefficient * (terms[i] ?? 0), 0),
  );
}

function fitClass(rows: readonly MeasuredKernel[]): number[] {
  // Dividing each row by its latency makes the squared errors relative.
  const design = rows.map(({ facts, latencyUs }) => termsOf(facts).map((term) => term / latencyUs));
  return solveNonNegative(
    design,
    rows.map(() => 1),
  );
}

function termsOf(facts: KernelFacts): number[] {
  const { paddedMacs, bytesIn, bytesOut, bytesWeights, im2colBytes, outChannels, outArea } = facts;
  // A plane costs a loop's set-up per row and channel, whatever its size.
  return [1, paddedMacs, bytesIn + bytesOut, bytesWeights, im2colBytes, outChannels * Math.sqrt(outArea)];
}
