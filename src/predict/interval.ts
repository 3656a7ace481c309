import type { HardwareState } from "../features/state.js";

/** State fields that intervals are calibrated for, in a fixed order. */
export const INTERVAL_FIELDS = ["utilization", "bandwidthGBs", "runDelayRatio"] as const;

/**
 * Half-widths of prediction intervals on log latency, by which state fields are known: split-conformal quantiles of
 * |log(measured / predicted)| on data that did not train (Vovk et al.), each divided by what the model's score widens the
 * interval by (Lei et al. 2018, locally weighted).
 */
export interface IntervalCalibration {
  /** Share of latencies that lie inside, 0..1. */
  readonly coverage: number;
  /** Key of the known fields (see intervalKey) -> half-width. */
  readonly halfWidths: Readonly<Record<string, number>>;
  /**
   * The same for the slowdown alone when it is carried over to another machine: quantiles of |log(measured / predicted)| of
   * latency over idle latency. Absent where no other machine was measured.
   */
  readonly transferHalfWidths?: Readonly<Record<string, number>>;
  /** What the half-width of a model of which nothing is like the training data is times that of one of which everything is. */
  readonly outOfDistributionFactor: number;
}

/** The factor where no families were left out to tell it: see docs/decisions/0027-unlike-kernels.md and 0034. */
export const OUT_OF_DISTRIBUTION_FACTOR = 8;

/** Factor on the half-width for a model with this score (see predict/domain.ts). */
export function widening(score: number, outOfDistributionFactor: number): number {
  return 1 + (outOfDistributionFactor - 1) * score;
}

/** Key of a state that tells none of the fields. */
export const IDLE_KEY = "none";

export function intervalKey(known: readonly string[]): string {
  return INTERVAL_FIELDS.filter((field) => known.includes(field)).join("+") || IDLE_KEY;
}

/** The half-width that was calibrated for the fields that a state knows; the widest one where none was. */
export function halfWidthOf(calibration: IntervalCalibration, state: HardwareState): number {
  const known = INTERVAL_FIELDS.filter((field) => state[field] !== undefined);
  const exact = calibration.halfWidths[intervalKey(known)];
  return exact ?? Math.max(...Object.values(calibration.halfWidths));
}

/** Half-width of a slowdown that is carried over where nothing says how well that works: a factor of two. */
const UNTRIED_TRANSFER = Math.LN2;

/** Half-width, on log latency, of a slowdown that is carried over for a state that tells these fields. */
export function halfWidthOfTransfer({ transferHalfWidths = {} }: IntervalCalibration, known: readonly string[]): number {
  const key = intervalKey(known);
  return key === IDLE_KEY ? 0 : (transferHalfWidths[key] ?? UNTRIED_TRANSFER);
}

/**
 * Intervals of another machine whose idle half-width is known and whose slowdowns are carried over from `source`. The two
 * errors are independent, so their squares add up.
 */
export function transferredIntervals(source: IntervalCalibration, idle: { readonly coverage: number; readonly halfWidth: number }): IntervalCalibration {
  const { outOfDistributionFactor } = source;
  const halfWidths = Object.keys(source.halfWidths).map((key) => {
    const known = key === IDLE_KEY ? [] : key.split("+");
    return [key, Math.hypot(idle.halfWidth, halfWidthOfTransfer(source, known))] as const;
  });
  return { coverage: idle.coverage, halfWidths: Object.fromEntries(halfWidths), outOfDistributionFactor };
}

/**
 * The conformal quantile: the ceil((n + 1) coverage)-th smallest of n absolute residuals, so that a new one lies below
 * with at least this probability. Infinity is never returned: with too few residuals the largest serves.
 */
export function conformalQuantile(residuals: readonly number[], coverage: number): number {
  const sorted = residuals.map(Math.abs).sort((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.ceil((sorted.length + 1) * coverage));
  return sorted[rank - 1] ?? 0;
}
