import { Matrix } from "ml-matrix";
import { createRandom } from "../../model/random.js";

/** What a network tells of a device: the shares of its time, by class of kernel. */
export interface Candidate {
  readonly id: string;
  /** In each runtime that it is to be measured in, in the same order for all candidates. */
  readonly shares: readonly ReadonlyMap<string, number>[];
}

/** A candidate for one runtime, by what a known device says of its time by class. */
export function candidateOf(id: string, times: ReadonlyMap<string, number>): Candidate {
  const total = [...times.values()].reduce((sum, us) => sum + us, 0);
  return { id, shares: [new Map([...times].map(([name, us]) => [name, us / total]))] };
}

/** Precision of a class's relative cost before anything is measured, in measurements; see the ridge of the calibration. */
const PRIOR = 0.03;

/** `count` networks at random; the same seed gives the same ones. */
export function randomNetworks(candidates: readonly Candidate[], count: number, seed: number): string[] {
  return createRandom(seed).shuffle(candidates.map(({ id }) => id)).slice(0, count);
}

/**
 * `count` networks, the most telling first, after whose measurement the error that is expected of all candidates is least.
 * A network's latency, relative to what is expected of it, is the sum of its shares times relative costs. A cost has a
 * variance of 1 / `prior`, in each runtime for itself; what all classes have in common has one of 1, and so has a measurement.
 * Greedy: every network is the one that takes most off the sum of the candidates' variances, the sum over z of
 * cov(z, x)^2 / (1 + var(x)), given those before it (Cohn, Ghahramani and Jordan, "Active learning with statistical models",
 * 1996).
 */
export function informativeNetworks(candidates: readonly Candidate[], count: number, prior = PRIOR): string[] {
  const runtimes = (candidates[0]?.shares ?? []).map((_, runtime) => covarianceOf(candidates.map(({ shares }) => shares[runtime] ?? new Map<string, number>()), prior));
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, candidates.length)) {
    const gains = candidates.map((_, x) => (chosen.includes(x) ? -Infinity : runtimes.reduce((sum, covariance) => sum + gainOf(covariance, x), 0)));
    const best = gains.indexOf(Math.max(...gains));
    for (const covariance of runtimes) measure(covariance, best);
    chosen.push(best);
  }
  return chosen.map((x) => candidates[x]?.id ?? "");
}

/** Of the candidates' relative latencies in one runtime, before anything is measured. */
function covarianceOf(shares: readonly ReadonlyMap<string, number>[], prior: number): Matrix {
  const classes = [...new Set(shares.flatMap((of) => [...of.keys()]))].sort();
  const rows = new Matrix(shares.map((of) => [1, ...classes.map((name) => (of.get(name) ?? 0) / Math.sqrt(prior))]));
  return rows.mmul(rows.transpose());
}

/** What measuring a network takes off the sum of all variances. */
function gainOf(covariance: Matrix, x: number): number {
  return covariance.getColumn(x).reduce((sum, value) => sum + value * value, 0) / (1 + covariance.get(x, x));
}

/** The covariance given a measurement of a network, in place. */
function measure(covariance: Matrix, x: number): void {
  const column = covariance.getColumnVector(x);
  covariance.sub(column.mmul(column.transpose()).div(1 + covariance.get(x, x)));
}
