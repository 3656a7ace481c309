import { Matrix } from "ml-matrix";

const ITERATIONS = 5000;
const TOLERANCE = 1e-10;

/**
 * Non-negative least squares, min |A x - b| with x >= 0, by cyclic coordinate descent on the normal equations (the
 * columns are scaled to unit length first). A: rows x columns with rows >= 1; returns one number per column; a column
 * of zeros gets 0.
 */
export function solveNonNegative(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  if (a.length === 0) return [];
  const matrix = new Matrix(a.map((row) => [...row]));
  const scales = Array.from({ length: matrix.columns }, (_, j) => matrix.getColumnVector(j).norm("frobenius"));
  const scaled = Matrix.zeros(matrix.rows, matrix.columns);
  for (let i = 0; i < matrix.rows; i += 1) {
    for (let j = 0; j < matrix.columns; j += 1) {
      const scale = scales[j] ?? 0;
      scaled.set(i, j, scale === 0 ? 0 : matrix.get(i, j) / scale);
    }
  }
  const transposed = scaled.transpose();
  // Plain rows: reading a matrix of a library element by element takes ten times as long as the arithmetic.
  const gram = transposed
    .mmul(scaled)
    .to2DArray()
    .map((row) => Float64Array.from(row));
  const target = transposed.mmul(Matrix.columnVector([...b])).to1DArray();
  const x = new Float64Array(matrix.columns);
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    let change = 0;
    for (let j = 0; j < x.length; j += 1) {
      const row = gram[j] ?? new Float64Array();
      const diagonal = row[j] ?? 0;
      if (diagonal === 0) continue;
      let product = 0;
      for (let k = 0; k < row.length; k += 1) product += (row[k] ?? 0) * (x[k] ?? 0);
      const gradient = product - (target[j] ?? 0);
      const next = Math.max(0, (x[j] ?? 0) - gradient / diagonal);
      change = Math.max(change, Math.abs(next - (x[j] ?? 0)));
      x[j] = next;
    }
    if (change < TOLERANCE) break;
  }
  return Array.from(x, (value, j) => ((scales[j] ?? 0) === 0 ? 0 : value / (scales[j] ?? 1)));
}
