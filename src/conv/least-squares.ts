import { Matrix, solve } from "ml-matrix";

/**
 * Ridge strength per row, for columns scaled to unit root mean square: it moves a well-determined coefficient by parts
 * in a million, and keeps those finite that the rows do not determine (one channel count only, say).
 */
const RIDGE = 1e-6;

/**
 * Coefficients a that minimise the mean of ((x_i . a - y_i) / y_i)^2 + RIDGE |a'|^2, a' being the coefficients of the
 * scaled columns: relative errors, so that the small latencies count as much as the large ones.
 *
 * @param x rows of regressors, at least one row, all of one length.
 * @param y positive targets, one per row.
 */
export function fitRelative(x: readonly (readonly number[])[], y: readonly number[]): number[] {
  const rows = x.length;
  const design = new Matrix(x.map((row, i) => row.map((value) => value / (y[i] ?? 1))));
  const scales = Array.from({ length: design.columns }, (_, column) => {
    const size = design.getColumnVector(column).norm("frobenius") / Math.sqrt(rows);
    return size > 0 ? size : 1;
  });
  design.divRowVector(scales);
  // The ridge as extra rows keeps the problem at full rank, so a QR decomposition solves it without squaring its
  // condition number.
  const ridge = Matrix.eye(design.columns).mul(Math.sqrt(RIDGE * rows));
  const augmented = new Matrix([...design.to2DArray(), ...ridge.to2DArray()]);
  const targets = Matrix.columnVector([...y.map(() => 1), ...scales.map(() => 0)]);
  return solve(augmented, targets)
    .to1DArray()
    .map((coefficient, column) => coefficient / (scales[column] ?? 1));
}
