import { Matrix, solve } from "ml-matrix";
import { createRandom } from "../../model/random.js";

/** What a network tells of a device: the share of its time in each class of kernels. */
export interface Candidate {
  readonly id: string;
  readonly shares: ReadonlyMap<string, number>;
}

/** Of a prior that all classes are scaled alike; see the ridge of the calibration. */
const PRIOR = 0.03;

/** `count` networks at random; the same seed gives the same ones. */
export function randomNetworks(candidates: readonly Candidate[], count: number, seed: number): string[] {
  return createRandom(seed).shuffle(candidates.map(({ id }) => id)).slice(0, count);
}

/**
 * `count` networks, each the one that most raises the determinant of the information matrix of [1, shares] over those
 * chosen before (greedy D-optimal design; Fedorov 1972): the determinant grows by 1 + x' M^-1 x.
 */
export function informativeNetworks(candidates: readonly Candidate[], count: number): string[] {
  const classes = [...new Set(candidates.flatMap(({ shares }) => [...shares.keys()]))].sort();
  const rows = candidates.map(({ shares }) => [1, ...classes.map((name) => shares.get(name) ?? 0)]);
  let information = Matrix.eye(classes.length + 1).mul(PRIOR);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, candidates.length)) {
    const x = new Matrix(rows.map((row) => [...row]));
    const solved = solve(information, x.transpose());
    let best = -1;
    let most = -Infinity;
    for (const [i, row] of rows.entries()) {
      const gain = chosen.includes(i) ? -Infinity : row.reduce((sum, value, k) => sum + value * solved.get(k, i), 0);
      if (gain > most) [best, most] = [i, gain];
    }
    chosen.push(best);
    const column = Matrix.columnVector(rows[best] ?? []);
    information = information.add(column.mmul(column.transpose()));
  }
  return chosen.map((i) => candidates[i]?.id ?? "");
}
