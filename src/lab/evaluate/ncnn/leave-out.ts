import { createRandom } from "../../../model/random.js";
import { boardGroup, coreKind } from "../../published/ncnn/boards.js";
import type { NcnnRun, NcnnStatistic } from "../../published/ncnn/table.js";
import { completeRow, fitGaussianRows, type GaussianRows } from "../../train/gaussian-rows.js";
import { SPLIT_SEED } from "../splits.js";

/** Networks of an unseen board's log that are given. */
export const GIVEN_COUNT = 10;
/** Draws of those networks. */
export const GIVEN_DRAWS = 5;
/** A network needs as many runs, so that some are left whichever board is left out. */
const MINIMUM_RUNS = 50;
/** A run needs as many networks besides those given. */
const MINIMUM_TESTED = 5;

/** Runs as rows of log milliseconds over all networks, NaN where a network was not run; of networks that many runs have. */
export interface NcnnMatrix {
  readonly runs: readonly NcnnRun[];
  readonly networks: readonly string[];
  readonly rows: readonly Float64Array[];
  /** Of each run: what it is left out with. */
  readonly groups: readonly string[];
}

export function ncnnMatrix(runs: readonly NcnnRun[], statistic: NcnnStatistic): NcnnMatrix {
  const networks = [...new Set(runs.flatMap(({ latencyMs }) => [...latencyMs.keys()]))]
    .filter((name) => runs.filter(({ latencyMs }) => latencyMs.has(name)).length >= MINIMUM_RUNS)
    .sort();
  const rows = runs.map(({ latencyMs }) => Float64Array.from(networks, (name) => Math.log(latencyMs.get(name)?.[statistic] ?? NaN)));
  return { runs, networks, rows, groups: runs.map(boardGroup) };
}

/** The networks of a run that are given at one draw, and the others that it has; null for a run of too few. */
export function givenNetworks(matrix: NcnnMatrix, run: number, draw: number): { given: number[]; tested: number[] } | null {
  const present = [...(matrix.rows[run]?.keys() ?? [])].filter((column) => !Number.isNaN(matrix.rows[run]?.[column]));
  if (present.length < GIVEN_COUNT + MINIMUM_TESTED) return null;
  // By board, so that every configuration of one is given the same networks where it has them.
  const seed = SPLIT_SEED + 1000 * draw + matrix.groups.indexOf(matrix.groups[run] ?? "");
  const order = createRandom(seed).shuffle([...matrix.networks.keys()]).filter((column) => present.includes(column));
  return { given: order.slice(0, GIVEN_COUNT), tested: order.slice(GIVEN_COUNT) };
}

/** Which runs teach how much about another. */
export interface PeerOptions {
  /** Weight of a run on another kind of core; GPUs and CPUs never teach each other. */
  readonly otherKind: number;
  /** Weight falls by exp(-this x |log ratio of threads|). */
  readonly threadDecay: number;
  readonly degreesOfFreedom: number;
}

/** Distributions of the runs outside one board's group, kept by what they depend on. */
export class PeerModels {
  private readonly kept = new Map<string, GaussianRows>();

  constructor(
    private readonly matrix: NcnnMatrix,
    private readonly options: PeerOptions,
  ) {}

  /** Expected log milliseconds of all networks on a run of which some are given. */
  complete(run: number, given: readonly number[]): Float64Array {
    return completeRow(this.modelOf(run), this.matrix.rows[run] ?? [], given);
  }

  private modelOf(run: number): GaussianRows {
    const own = this.matrix.runs[run];
    if (own === undefined) throw new RangeError(`There is no run ${run}.`);
    const group = this.matrix.groups[run] ?? "";
    const key = JSON.stringify([group, coreKind(own), own.threads]);
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    const { otherKind, threadDecay, degreesOfFreedom } = this.options;
    const peers = this.matrix.runs.flatMap((peer, index) => {
      if (this.matrix.groups[index] === group || peer.gpuDevice >= 0 !== own.gpuDevice >= 0) return [];
      const kind = coreKind(peer) === coreKind(own) ? 1 : otherKind;
      return [{ index, weight: kind * Math.exp(-threadDecay * Math.abs(Math.log(peer.threads / own.threads))) }];
    });
    const model = fitGaussianRows(
      peers.map(({ index }) => this.matrix.rows[index] ?? new Float64Array()),
      { weights: peers.map(({ weight }) => weight), degreesOfFreedom },
    );
    this.kept.set(key, model);
    return model;
  }
}
