import { CholeskyDecomposition, Matrix } from "ml-matrix";

export interface RobustRidgeOptions {
  /** By column, on the squares of the differences from `prior`; errors are relative to the target. */
  readonly penalties: readonly number[];
  /** What the coefficients are drawn to; default zeros. */
  readonly prior?: readonly number[];
  /** Relative errors over this count linearly. */
  readonly corner: number;
  readonly iterations?: number;
}

/**
 * Coefficients that minimise the sum over rows of Huber's loss of the relative error (row . c) / target - 1, divided by
 * the corner and times two, and the penalised squares: iteratively reweighted least squares. Zeros in rows cost nothing.
 *
 * @throws RangeError for a target that is not above 0, or rows and targets of different numbers
 */
export function robustRidge(
  rows: readonly ArrayLike<number>[],
  targets: readonly number[],
  { penalties, prior, corner, iterations = 8 }: RobustRidgeOptions,
): Float64Array {
  if (rows.length !== targets.length) throw new RangeError(`${rows.length} rows, but ${targets.length} targets.`);
  const odd = targets.find((target) => !(target > 0));
  if (odd !== undefined) throw new RangeError(`A target of ${odd} is not above 0.`);
  const centre = Float64Array.from(penalties, (_, j) => prior?.[j] ?? 0);
  const scaled = rows.map((row, i) => sparse(row, targets[i] ?? 1));
  let coefficients: Float64Array = centre;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const weights = scaled.map((row) => Math.min(1, corner / Math.max(1e-12, Math.abs(dotSparse(row, coefficients) - 1))));
    // The first pass has no residuals to go by.
    coefficients = weighted(scaled, iteration === 0 ? weights.fill(1) : weights, penalties, centre);
  }
  return coefficients;
}

export function dot(row: ArrayLike<number>, coefficients: Float64Array): number {
  return coefficients.reduce((sum, value, j) => sum + value * (row[j] ?? 0), 0);
}

interface SparseRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

function sparse(row: ArrayLike<number>, target: number): SparseRow {
  const columns = Array.from(row, (_, j) => j).filter((j) => row[j] !== 0);
  return { columns, values: columns.map((j) => (row[j] ?? 0) / target) };
}

function dotSparse({ columns, values }: SparseRow, coefficients: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < columns.length; k++) sum += (values[k] ?? 0) * (coefficients[columns[k] ?? 0] ?? 0);
  return sum;
}

function weighted(rows: readonly SparseRow[], weights: readonly number[], penalties: readonly number[], centre: Float64Array): Float64Array {
  const width = penalties.length;
  const gram = new Float64Array(width * width);
  const right = new Float64Array(width);
  for (const [i, { columns, values }] of rows.entries()) {
    const weight = weights[i] ?? 0;
    const residual = 1 - dotSparse({ columns, values }, centre);
    // Plain loops over the upper triangle: this is all the time there is.
    for (let k = 0; k < columns.length; k++) {
      const a = columns[k] ?? 0;
      const value = weight * (values[k] ?? 0);
      right[a] = (right[a] ?? 0) + value * residual;
      for (let l = k; l < columns.length; l++) {
        const at = a * width + (columns[l] ?? 0);
        gram[at] = (gram[at] ?? 0) + value * (values[l] ?? 0);
      }
    }
  }
  const matrix = new Matrix(width, width);
  for (let a = 0; a < width; a++) {
    // The decomposition asks for both triangles.
    for (let b = 0; b < width; b++) matrix.set(a, b, gram[Math.min(a, b) * width + Math.max(a, b)] ?? 0);
    matrix.set(a, a, matrix.get(a, a) + (penalties[a] ?? 0));
  }
  const change = new CholeskyDecomposition(matrix).solve(Matrix.columnVector(right));
  return centre.map((value, j) => value + change.get(j, 0));
}
