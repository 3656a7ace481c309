import type { HardwareState } from "../features/state.js";

/** State fields that intervals are calibrated for, in a fixed order. */
export const INTERVAL_FIELDS = ["utilization", "bandwidthGBs", "runDelayRatio"] as const;

/**
 * Half-widths of prediction intervals on log latency, by which state fields are known: split-conformal quantiles of
 * |log(measured / predicted)| on data that did not train (Vovk et al.; Lei et al. 2018).
 */
export interface IntervalCalibration {
  /** Share of latencies that lie inside, 0..1. */
  readonly coverage: number;
  /** Key of the known fields (see intervalKey) -> half-width. */
  readonly halfWidths: Readonly<Record<string, number>>;
  /** Factor on the half-width for models unlike the training data; from families left out of training. */
  readonly outOfDistributionFactor: number;
}

export function intervalKey(known: readonly string[]): string {
  return INTERVAL_FIELDS.filter((field) => known.includes(field)).join("+") || "none";
}

/** The smallest calibrated half-width among states that know at most these fields; the widest one as a fallback. */
export function halfWidthOf(calibration: IntervalCalibration, state: HardwareState): number {
  const known = INTERVAL_FIELDS.filter((field) => state[field] !== undefined);
  const exact = calibration.halfWidths[intervalKey(known)];
  return exact ?? Math.max(...Object.values(calibration.halfWidths));
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
