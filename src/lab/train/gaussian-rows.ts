import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** Mean and covariance of rows: of the logarithms of networks' latencies, over configurations of devices. */
export interface GaussianRows {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

export interface GaussianOptions {
  /** Weight of each row. */
  readonly weights: readonly number[];
  /** Degrees of freedom of Student's t distribution: small ones give little to rows that are unlike all. Infinity is normal. */
  readonly degreesOfFreedom: number;
  readonly iterations?: number;
}

/** What a single value differs by from what any covariance explains, as a variance of logarithms. */
const NOISE = 0.004;
const JITTER = 1e-3;
/** Added to the covariance's diagonal, in rows' weights times a variance. */
const SHRINKAGE = 0.05;

/**
 * Maximum-likelihood mean and covariance of rows in which values are missing (NaN), by expectation maximisation
 * (Little and Rubin, "Statistical analysis with missing data", ch. 8 and 12 for the t distribution).
 *
 * @throws RangeError without rows
 */
export function fitGaussianRows(rows: readonly Float64Array[], { weights, degreesOfFreedom, iterations = 8 }: GaussianOptions): GaussianRows {
  const width = rows[0]?.length;
  if (width === undefined) throw new RangeError("There are no rows to fit.");
  let mean = columnMeans(rows, width);
  // Rows differ most by how fast a device is, which is common to all columns.
  let covariance = Matrix.ones(width, width).add(Matrix.eye(width, width, 0.1));
  const groups = byPattern(rows);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const filled = rows.map((row) => row);
    const rowWeights = weights.map((weight) => weight);
    const missing = Matrix.zeros(width, width);
    for (const { seen, unseen, members } of groups) {
      const cross = covariance.subMatrixRow(unseen.length > 0 ? unseen : [0]).subMatrixColumn(seen);
      const inner = new CholeskyDecomposition(covariance.selection(seen, seen).add(Matrix.eye(seen.length, seen.length, JITTER)));
      for (const member of members) {
        const off = Matrix.columnVector(seen.map((column) => (rows[member]?.[column] ?? 0) - (mean[column] ?? 0)));
        const solved = inner.solve(off);
        const distance = off.transpose().mmul(solved).get(0, 0);
        if (degreesOfFreedom < Infinity) {
          rowWeights[member] = ((weights[member] ?? 0) * (degreesOfFreedom + seen.length)) / (degreesOfFreedom + distance);
        }
        if (unseen.length === 0) continue;
        const expected = cross.mmul(solved);
        const row = Float64Array.from(rows[member] ?? []);
        unseen.forEach((column, k) => (row[column] = (mean[column] ?? 0) + expected.get(k, 0)));
        filled[member] = row;
      }
      if (unseen.length === 0) continue;
      const weight = members.reduce((sum, member) => sum + (weights[member] ?? 0), 0);
      const rest = Matrix.sub(covariance.selection(unseen, unseen), cross.mmul(inner.solve(cross.transpose())));
      unseen.forEach((a, i) => unseen.forEach((b, j) => missing.set(a, b, missing.get(a, b) + weight * rest.get(i, j))));
    }
    mean = weightedMean(filled, rowWeights, width);
    covariance = scatter(filled, rowWeights, mean, missing, weights.reduce((sum, weight) => sum + weight, 0));
  }
  return { mean, covariance };
}

/** The expected row given some of its values. @throws RangeError where nothing is given */
export function completeRow({ mean, covariance }: GaussianRows, row: ArrayLike<number>, given: readonly number[]): Float64Array {
  if (given.length === 0) throw new RangeError("Some values of the row must be given.");
  const off = Matrix.columnVector(given.map((column) => (row[column] ?? 0) - (mean[column] ?? 0)));
  const inner = covariance.selection(given, given).add(Matrix.eye(given.length, given.length, NOISE));
  const change = covariance.subMatrixColumn([...given]).mmul(new CholeskyDecomposition(inner).solve(off));
  return mean.map((value, column) => value + change.get(column, 0));
}

interface PatternGroup {
  readonly seen: number[];
  readonly unseen: number[];
  readonly members: number[];
}

/** Rows in which the same columns are missing share their matrices. */
function byPattern(rows: readonly Float64Array[]): readonly PatternGroup[] {
  const groups = new Map<string, PatternGroup>();
  rows.forEach((row, index) => {
    const columns = [...row.keys()];
    const seen = columns.filter((column) => !Number.isNaN(row[column]));
    if (seen.length === 0) return;
    const key = seen.join();
    const group = groups.get(key) ?? { seen, unseen: columns.filter((column) => Number.isNaN(row[column])), members: [] };
    group.members.push(index);
    groups.set(key, group);
  });
  return [...groups.values()];
}

function columnMeans(rows: readonly Float64Array[], width: number): Float64Array {
  const means = Array.from({ length: width }, (_, column) => {
    const seen = rows.flatMap((row) => (Number.isNaN(row[column]) ? [] : [row[column] ?? 0]));
    return seen.length === 0 ? NaN : seen.reduce((sum, value) => sum + value, 0) / seen.length;
  });
  const known = means.filter((value) => !Number.isNaN(value));
  const overall = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Float64Array.from(means, (value) => (Number.isNaN(value) ? overall : value));
}

function weightedMean(rows: readonly Float64Array[], weights: readonly number[], width: number): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(width);
  rows.forEach((row, i) => row.forEach((value, j) => (mean[j] = (mean[j] ?? 0) + ((weights[i] ?? 0) * value) / total)));
  return mean;
}

function scatter(rows: readonly Float64Array[], weights: readonly number[], mean: Float64Array, missing: Matrix, total: number): Matrix {
  const width = mean.length;
  const sums = new Float64Array(width * width);
  const off = new Float64Array(width);
  for (const [i, row] of rows.entries()) {
    const weight = weights[i] ?? 0;
    for (let a = 0; a < width; a++) off[a] = (row[a] ?? 0) - (mean[a] ?? 0);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b <= a; b++) sums[a * width + b] = (sums[a * width + b] ?? 0) + weight * (off[a] ?? 0) * (off[b] ?? 0);
    }
  }
  const covariance = new Matrix(width, width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      const value = ((sums[a * width + b] ?? 0) + (missing.get(a, b) + missing.get(b, a)) / 2 + (a === b ? SHRINKAGE : 0)) / total;
      covariance.set(a, b, value);
      covariance.set(b, a, value);
    }
  }
  return covariance;
}
