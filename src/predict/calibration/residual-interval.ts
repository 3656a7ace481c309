import { conformalQuantile } from "../interval.js";

/** 95 % points of Student's t by degrees of freedom, 1 to 8. */
const STUDENT_95 = [6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86] as const;
/** From so many residuals on, the conformal rank ceil((n + 1) 0.9) is one of them. */
const ENOUGH = 9;

export const CALIBRATION_COVERAGE = 0.9;

/**
 * Half-width on log latency that holds CALIBRATION_COVERAGE of new residuals: the conformal quantile, whose rank makes up
 * for small samples; of fewer than nine residuals, Student's t times the root of their mean square, as if they were normal.
 */
export function residualHalfWidth(residuals: readonly number[]): number {
  if (residuals.length >= ENOUGH) return conformalQuantile(residuals, CALIBRATION_COVERAGE);
  const square = residuals.reduce((sum, residual) => sum + residual * residual, 0) / Math.max(1, residuals.length);
  return (STUDENT_95[residuals.length - 1] ?? Infinity) * Math.sqrt(square);
}
