import { Matrix, QrDecomposition } from "ml-matrix";
import { mean } from "../dataset/statistics.js";

/** Fewer rows for each number that is fitted say nothing. */
const ROWS_PER_COEFFICIENT = 3;

/** Pearson's correlation; null for fewer than three pairs or where one side does not vary. */
export function correlation(x: readonly number[], y: readonly number[]): number | null {
  if (x.length < 3 || x.length !== y.length) return null;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    const [dx, dy] = [value - mx, (y[i] ?? my) - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/**
 * Coefficients a that minimise the sum of (x_i . a - y_i)^2, by QR decomposition. `x` are rows of regressors (a constant is one
 * of them if wanted). Null where there are too few rows or the columns depend on each other.
 */
export function leastSquares(x: readonly (readonly number[])[], y: readonly number[]): number[] | null {
  const columns = x[0]?.length ?? 0;
  if (columns === 0 || x.length < ROWS_PER_COEFFICIENT * columns) return null;
  const design = new Matrix(x.map((row) => [...row]));
  // Columns of one size, so that the test for full rank does not depend on their units.
  const sizes = Array.from({ length: columns }, (_, j) => design.getColumnVector(j).norm("frobenius"));
  if (sizes.some((size) => !(size > 0))) return null;
  const qr = new QrDecomposition(design.divRowVector(sizes));
  const solved = isFullRank(qr) ? qr.solve(Matrix.columnVector([...y])).to1DArray() : null;
  return solved?.map((coefficient, j) => coefficient / (sizes[j] ?? 1)) ?? null;
}

/** The diagonal of R tells how much each column adds to those before it. */
function isFullRank({ upperTriangularMatrix }: QrDecomposition): boolean {
  return upperTriangularMatrix.diagonal().every((value) => Math.abs(value) > 1e-6);
}

/** y = scale * product of x_j ^ exponents_j. */
export interface PowerLaw {
  readonly scale: number;
  readonly exponents: readonly number[];
  /** Share of the variance of log y that it explains. */
  readonly r2: number;
}

/** Least squares between logarithms; all values must be positive. Null where leastSquares gives none. */
export function fitPowerLaw(x: readonly (readonly number[])[], y: readonly number[]): PowerLaw | null {
  const rows = x.map((row) => [1, ...row.map(Math.log)]);
  const logs = y.map(Math.log);
  const fitted = leastSquares(rows, logs);
  if (fitted === null) return null;
  const [constant = 0, ...exponents] = fitted;
  const average = mean(logs);
  const residual = logs.reduce((sum, log, i) => sum + (log - (rows[i] ?? []).reduce((s, v, j) => s + v * (fitted[j] ?? 0), 0)) ** 2, 0);
  const total = logs.reduce((sum, log) => sum + (log - average) ** 2, 0);
  return { scale: Math.exp(constant), exponents, r2: total > 0 ? 1 - residual / total : 0 };
}

export function powerLawAt({ scale, exponents }: PowerLaw, x: readonly number[]): number {
  return exponents.reduce((product, exponent, j) => product * (x[j] ?? 1) ** exponent, scale);
}
