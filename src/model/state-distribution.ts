import { Matrix, pseudoInverse } from "ml-matrix";

/** Mean and covariance of the states in the training data: a normal distribution to fill in missing fields from. */
export interface StateDistribution {
  /** One number per state field; a field that no training state had keeps 0 and is never used. */
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** Fields that training states varied in: the only ones that can have an effect. */
  readonly varied: readonly boolean[];
}

/** From complete rows of state vectors [states][fields]. */
export function fitStateDistribution(rows: readonly (readonly number[])[]): StateDistribution {
  const width = rows[0]?.length ?? 0;
  const count = Math.max(1, rows.length);
  const mean = Array.from({ length: width }, (_, j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / count);
  const covariance = mean.map((meanI, i) =>
    mean.map(
      (meanJ, j) => rows.reduce((sum, row) => sum + ((row[i] ?? 0) - meanI) * ((row[j] ?? 0) - meanJ), 0) / count,
    ),
  );
  const varied = covariance.map((row, i) => (row[i] ?? 0) > 1e-12);
  return { mean, covariance, varied };
}

/**
 * The state with missing fields (mask 0) replaced by their expectation given the known ones:
 * mean_m + C_mk C_kk^-1 (x_k - mean_k), Bishop, Pattern Recognition and Machine Learning (2006), eq. 2.81. Fields that
 * training never varied take their training value: nothing is known of their effect.
 */
export function conditionalMean(
  { mean, covariance, varied }: StateDistribution,
  values: Float32Array,
  mask: Float32Array,
): Float32Array {
  const indices = mean.map((_, i) => i);
  const known = indices.filter((i) => varied[i] === true && mask[i] === 1);
  const missing = indices.filter((i) => varied[i] === true && mask[i] !== 1);
  const result = Float32Array.from(mean, (average, i) => (known.includes(i) ? (values[i] ?? 0) : average));
  if (known.length === 0 || missing.length === 0) return result;
  const entry = (i: number, j: number): number => covariance[i]?.[j] ?? 0;
  const knownCovariance = new Matrix(known.map((i) => known.map((j) => entry(i, j))));
  const cross = new Matrix(missing.map((i) => known.map((j) => entry(i, j))));
  const deviation = Matrix.columnVector(known.map((i) => (values[i] ?? 0) - (mean[i] ?? 0)));
  const shift = cross.mmul(pseudoInverse(knownCovariance)).mmul(deviation);
  missing.forEach((i, row) => {
    result[i] = (mean[i] ?? 0) + shift.get(row, 0);
  });
  return result;
}
