/** Standardisation of feature columns, fixed by the training data. */
export interface Scaler {
  readonly mean: Float32Array;
  /** 1 / standard deviation; 0 for a column that never varied in training, so that it cannot mislead later. */
  readonly scale: Float32Array;
}

/** Standardised values beyond this are cut: an extreme input must not drive a network anywhere. */
const LIMIT = 5;

/** Column means and spreads of row-major matrices that share a width. */
export function fitScaler(matrices: readonly Float32Array[], width: number): Scaler {
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  let rows = 0;
  for (const matrix of matrices) {
    rows += matrix.length / width;
    for (const [index, value] of matrix.entries()) {
      const column = index % width;
      sums[column] = (sums[column] ?? 0) + value;
      squares[column] = (squares[column] ?? 0) + value * value;
    }
  }
  const mean = Float32Array.from(sums, (sum) => sum / Math.max(1, rows));
  const scale = Float32Array.from(squares, (square, column) => {
    const average = (sums[column] ?? 0) / Math.max(1, rows);
    const variance = square / Math.max(1, rows) - average * average;
    return variance > 1e-8 * (1 + average * average) ? 1 / Math.sqrt(variance) : 0;
  });
  return { mean, scale };
}

/** (x - mean) * scale, cut to ±5; row-major, any number of rows. */
export function standardise(matrix: Float32Array, { mean, scale }: Scaler): Float32Array {
  const width = mean.length;
  const result = new Float32Array(matrix.length);
  for (let start = 0; start < matrix.length; start += width) {
    for (let column = 0; column < width; column++) {
      const value = ((matrix[start + column] ?? 0) - (mean[column] ?? 0)) * (scale[column] ?? 0);
      result[start + column] = Math.max(-LIMIT, Math.min(LIMIT, value));
    }
  }
  return result;
}

/** The same scaler with columns that vary left as they are, such as flags; those that never varied stay 0. */
export function withPlainColumns({ mean, scale }: Scaler, isPlain: (column: number) => boolean): Scaler {
  return {
    mean: mean.map((value, column) => (isPlain(column) ? 0 : value)),
    scale: scale.map((value, column) => (isPlain(column) && value !== 0 ? 1 : value)),
  };
}
