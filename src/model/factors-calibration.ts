import { inverse, Matrix, solve } from "ml-matrix";
import { type ConfigurationVector, type FactorsEmbedding, type FactorsPredictor, type MemberEmbedding, memberLatency } from "./factors.js";

/** A model that ran once on the new configuration. */
export interface CalibrationRun {
  readonly embedding: FactorsEmbedding;
  readonly latencyUs: number;
}

/** Standard deviation of log latency around the best vector: noise, and what no vector can express. */
const NOISE = 0.05;
/** Share of the covariance kept off its diagonal: there may be fewer peers than factors. */
const SHRINKAGE = 0.5;
const MINIMUM_DEVIATION = 0.02;
const ITERATIONS = 30;

/**
 * Vectors, by member, of a configuration from a few runs on it. Its vector is taken to be normally distributed like
 * those of its peers, and the most probable one given the runs is searched by Levenberg-Marquardt: from the peers' mean
 * and from the peer that fits the runs best.
 *
 * @param peers ids of configurations that training saw and that are like this one (its engine and precision)
 * @throws RangeError without peers or runs
 */
export function calibrateConfiguration(
  predictor: FactorsPredictor,
  runs: readonly CalibrationRun[],
  peers: readonly string[],
): readonly ConfigurationVector[] {
  const vectors = peers.map((id) => predictor.vectors(id)).filter((found) => found !== undefined);
  if (vectors.length === 0 || runs.length === 0) throw new RangeError("A configuration needs runs, and peers that trained.");
  const { rank, members } = predictor.model;
  return Array.from({ length: members }, (_, m) => {
    const observed = runs.map(({ embedding, latencyUs }) => ({ embedding: memberOf(embedding, m), logUs: Math.log(latencyUs) }));
    const own = vectors.map((list) => list[m] ?? new Float32Array(rank + 2));
    return mostProbable(observed, own, rank);
  });
}

interface Observed {
  readonly embedding: MemberEmbedding;
  readonly logUs: number;
}

function memberOf({ members }: FactorsEmbedding, index: number): MemberEmbedding {
  const found = members[index];
  if (found === undefined) throw new RangeError(`The embedding has no member ${index}.`);
  return found;
}

function mostProbable(observed: readonly Observed[], peers: readonly ConfigurationVector[], rank: number): ConfigurationVector {
  const { mean, precision } = priorOf(peers, observed, rank);
  const score = (vector: Float64Array): number => costOf(observed, vector, mean, precision, rank);
  // Peers as starts are shifted in speed, so that shape alone decides.
  const starts = [mean, ...peers.map((peer) => shifted(Float64Array.from(peer), observed, rank))];
  const nearest = starts.slice(1).reduce((a, b) => (score(b) < score(a) ? b : a), mean);
  const found = [mean, nearest].map((start) => descend(observed, start, mean, precision, rank));
  return Float32Array.from(found.reduce((a, b) => (score(b) < score(a) ? b : a)));
}

/** The same vector, faster or slower by the median factor that the runs are off by. */
function shifted(vector: Float64Array, observed: readonly Observed[], rank: number): Float64Array {
  const errors = observed.map(({ embedding, logUs }) => logUs - logLatency(embedding, vector, rank)).sort((a, b) => a - b);
  const shift = errors[Math.floor(errors.length / 2)] ?? 0;
  return vector.map((value, i) => (i >= rank ? value + shift : value));
}

interface Prior {
  readonly mean: Float64Array;
  readonly precision: Matrix;
}

/** Mean and inverse covariance of the peers; their speed is that of the runs, of which peers say little. */
function priorOf(peers: readonly ConfigurationVector[], observed: readonly Observed[], rank: number): Prior {
  const width = rank + 2;
  const moved = peers.map((peer) => shifted(Float64Array.from(peer), observed, rank));
  const mean = Float64Array.from({ length: width }, (_, j) => moved.reduce((sum, peer) => sum + (peer[j] ?? 0), 0) / moved.length);
  const covariance = Matrix.zeros(width, width);
  for (const peer of moved) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        const product = ((peer[i] ?? 0) - (mean[i] ?? 0)) * ((peer[j] ?? 0) - (mean[j] ?? 0));
        covariance.set(i, j, covariance.get(i, j) + (product * (i === j ? 1 : SHRINKAGE)) / moved.length);
      }
    }
  }
  for (let i = 0; i < width; i++) covariance.set(i, i, covariance.get(i, i) + MINIMUM_DEVIATION ** 2);
  return { mean, precision: inverse(covariance) };
}

function logLatency(embedding: MemberEmbedding, vector: Float64Array, rank: number): number {
  return Math.log(memberLatency(embedding, Float32Array.from(vector), rank).totalUs);
}

function costOf(observed: readonly Observed[], vector: Float64Array, mean: Float64Array, precision: Matrix, rank: number): number {
  const fit = observed.reduce((sum, { embedding, logUs }) => sum + robust((logLatency(embedding, vector, rank) - logUs) / NOISE), 0);
  const off = Matrix.columnVector(Array.from(vector, (value, i) => value - (mean[i] ?? 0)));
  return fit + off.transpose().mmul(precision).mmul(off).get(0, 0);
}

/** Quadratic to two deviations, then linear: one bad run must not bend the vector. */
function robust(deviation: number): number {
  const size = Math.abs(deviation);
  return size <= 2 ? size ** 2 : 4 * size - 4;
}

function descend(observed: readonly Observed[], start: Float64Array, mean: Float64Array, precision: Matrix, rank: number): Float64Array {
  let vector = start;
  let cost = costOf(observed, vector, mean, precision, rank);
  let damping = 1e-2;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const next = step(observed, vector, mean, precision, rank, damping);
    const nextCost = costOf(observed, next, mean, precision, rank);
    if (!(nextCost < cost)) {
      damping *= 4;
      if (damping > 1e6) break;
      continue;
    }
    const gain = cost - nextCost;
    [vector, cost, damping] = [next, nextCost, damping / 3];
    if (gain < 1e-6 * cost) break;
  }
  return vector;
}

function step(
  observed: readonly Observed[],
  vector: Float64Array,
  mean: Float64Array,
  precision: Matrix,
  rank: number,
  damping: number,
): Float64Array {
  const width = rank + 2;
  const hessian = precision.clone();
  const gradient = precision.mmul(Matrix.columnVector(Array.from(vector, (value, i) => value - (mean[i] ?? 0))));
  for (const { embedding, logUs } of observed) {
    const { log, slopes } = linearised(embedding, vector, rank);
    const deviation = (log - logUs) / NOISE;
    const weight = Math.min(1, 2 / Math.max(1e-12, Math.abs(deviation))) / NOISE ** 2;
    for (let i = 0; i < width; i++) {
      gradient.set(i, 0, gradient.get(i, 0) + weight * (log - logUs) * (slopes[i] ?? 0));
      for (let j = 0; j < width; j++) hessian.set(i, j, hessian.get(i, j) + weight * (slopes[i] ?? 0) * (slopes[j] ?? 0));
    }
  }
  for (let i = 0; i < width; i++) hessian.set(i, i, hessian.get(i, i) * (1 + damping));
  const change = solve(hessian, gradient);
  return vector.map((value, i) => value - change.get(i, 0));
}

/** log latency and its derivatives by the vector: shares of the kernels times their factors. */
function linearised(embedding: MemberEmbedding, vector: Float64Array, rank: number): { log: number; slopes: Float64Array } {
  const { totalUs, constantUs, kernelUs } = memberLatency(embedding, Float32Array.from(vector), rank);
  const slopes = new Float64Array(rank + 2);
  kernelUs.forEach((us, row) => {
    const share = us / totalUs;
    for (let j = 0; j < rank; j++) slopes[j] = (slopes[j] ?? 0) + share * (embedding.factors[row * rank + j] ?? 0);
  });
  slopes[rank] = 1 - constantUs / totalUs;
  slopes[rank + 1] = constantUs / totalUs;
  return { log: Math.log(totalUs), slopes };
}
