import { mean, upperMedian } from "../../dataset/statistics.js";
import { conformalQuantile } from "../../../predict/interval.js";
import { type Accuracy, accuracyOf, type Pair } from "../metrics.js";
import { GIVEN_DRAWS, givenNetworks, type NcnnMatrix, type PeerOptions, PeerModels } from "./leave-out.js";

/** What is predicted of one network of one run at one draw. */
export interface NcnnPrediction extends Pair {
  readonly group: string;
  readonly gpu: boolean;
  readonly insideInterval: boolean | null;
}

export interface NcnnSetting {
  readonly name: string;
  readonly options: PeerOptions;
}

/** From plain collaborative filtering to what may help; which one predicts a board is chosen on other boards. */
export const NCNN_SETTINGS: readonly NcnnSetting[] = [
  { name: "normal distribution over networks", options: { otherKind: 1, threadDecay: 0, degreesOfFreedom: Infinity } },
  { name: "Student's t distribution", options: { otherKind: 1, threadDecay: 0, degreesOfFreedom: 4 } },
  { name: "Student's t, like cores and threads count more", options: { otherKind: 0.3, threadDecay: 0.5, degreesOfFreedom: 4 } },
];

const INTERVAL_COVERAGE = 0.9;

/** Every run of every board, its group left out, by one setting. */
export function settingPredictions(matrix: NcnnMatrix, { options }: NcnnSetting, intervals: boolean): NcnnPrediction[] {
  const models = new PeerModels(matrix, options);
  return overRuns(matrix, (run, given, tested) => {
    const completed = models.complete(run, given);
    const halfWidth = intervals ? conformalQuantile(heldOut(matrix, models, run, given), INTERVAL_COVERAGE) : null;
    return predictionsOf(matrix, run, tested, (column) => completed[column] ?? NaN, halfWidth);
  });
}

/** Log errors of each given network when the other nine alone are given. */
function heldOut(matrix: NcnnMatrix, models: PeerModels, run: number, given: readonly number[]): number[] {
  return given.map((column) => {
    const rest = given.filter((other) => other !== column);
    return (matrix.rows[run]?.[column] ?? NaN) - (models.complete(run, rest)[column] ?? NaN);
  });
}

/** The mean network of the other boards times one factor: every board is alike but for its speed. */
export function speedOnly(matrix: NcnnMatrix): NcnnPrediction[] {
  return overRuns(matrix, (run, given, tested) => {
    const gpu = isGpu(matrix, run);
    const peers = matrix.rows.filter((_, i) => matrix.groups[i] !== matrix.groups[run] && isGpu(matrix, i) === gpu);
    const centred = peers.map((row) => {
      const level = mean([...row].filter((value) => !Number.isNaN(value)));
      return row.map((value) => value - level);
    });
    const typical = matrix.networks.map((_, column) => upperMedian(centred.flatMap((row) => (Number.isNaN(row[column]) ? [] : [row[column] ?? 0]))));
    return predictionsOf(matrix, run, tested, shifted(matrix, run, given, typical), null);
  });
}

/** The run of another board whose given networks have the most similar ratios, times one factor; networks that it lacks are left out. */
export function nearestRun(matrix: NcnnMatrix): NcnnPrediction[] {
  return overRuns(matrix, (run, given, tested) => {
    const peers = matrix.rows.filter((row, i) => matrix.groups[i] !== matrix.groups[run] && given.every((column) => !Number.isNaN(row[column])));
    const distance = (row: Float64Array): number => {
      const off = given.map((column) => (matrix.rows[run]?.[column] ?? NaN) - (row[column] ?? NaN));
      const centre = upperMedian(off);
      return mean(off.map((value) => Math.abs(value - centre)));
    };
    const [first] = peers;
    if (first === undefined) return [];
    const best = peers.reduce((a, b) => (distance(b) < distance(a) ? b : a), first);
    const shared = tested.filter((column) => !Number.isNaN(best[column]));
    return predictionsOf(matrix, run, shared, shifted(matrix, run, given, best), null);
  });
}

/** For each half of the boards the setting with the larger share within 10 % on the other half. */
export function chosenPredictions(bySetting: readonly (readonly NcnnPrediction[])[]): { predictions: NcnnPrediction[]; chosen: number[] } {
  const groups = [...new Set(bySetting[0]?.map(({ group }) => group) ?? [])].sort();
  const halfOf = (group: string): number => groups.indexOf(group) % 2;
  const chosen = [0, 1].map((half) => {
    const scores = bySetting.map((list) => accuracyOf(list.filter(({ group }) => halfOf(group) !== half)).within10Percent);
    return scores.indexOf(Math.max(...scores));
  });
  const predictions = [0, 1].flatMap((half) => bySetting[chosen[half] ?? 0]?.filter(({ group }) => halfOf(group) === half) ?? []);
  return { predictions, chosen };
}

export interface TwinResult {
  readonly pairs: number;
  readonly accuracy: Accuracy;
}

/** Two boards of one chip, the same threads and cores: all networks of one from the other by the best factor. */
export function twins(matrix: NcnnMatrix): TwinResult {
  const pairs = matrix.runs.flatMap((a, i) =>
    matrix.runs.flatMap((b, j): Pair[][] => {
      const same = matrix.groups[i] === matrix.groups[j] && a.threads === b.threads && a.powersave === b.powersave;
      if (i >= j || !same || a.device === b.device || a.gpuDevice >= 0 || b.gpuDevice >= 0) return [];
      const shared = [...matrix.networks.keys()].filter((column) => !Number.isNaN(matrix.rows[i]?.[column]) && !Number.isNaN(matrix.rows[j]?.[column]));
      const off = shared.map((column) => (matrix.rows[j]?.[column] ?? 0) - (matrix.rows[i]?.[column] ?? 0));
      const factor = upperMedian(off);
      return [off.map((value) => ({ predicted: Math.exp(factor), measured: Math.exp(value) }))];
    }),
  );
  return { pairs: pairs.length, accuracy: accuracyOf(pairs.flat()) };
}

function overRuns(matrix: NcnnMatrix, predict: (run: number, given: number[], tested: number[]) => NcnnPrediction[]): NcnnPrediction[] {
  return matrix.runs.flatMap((_, run) =>
    Array.from({ length: GIVEN_DRAWS }, (__, draw) => givenNetworks(matrix, run, draw)).flatMap((drawn) =>
      drawn === null ? [] : predict(run, drawn.given, drawn.tested),
    ),
  );
}

function predictionsOf(matrix: NcnnMatrix, run: number, tested: readonly number[], logOf: (column: number) => number, halfWidth: number | null): NcnnPrediction[] {
  return tested.map((column) => {
    const [predicted, measured] = [logOf(column), matrix.rows[run]?.[column] ?? NaN];
    return {
      predicted: Math.exp(predicted),
      measured: Math.exp(measured),
      group: matrix.groups[run] ?? "",
      gpu: isGpu(matrix, run),
      insideInterval: halfWidth === null ? null : Math.abs(measured - predicted) <= halfWidth,
    };
  });
}

function shifted(matrix: NcnnMatrix, run: number, given: readonly number[], row: ArrayLike<number>): (column: number) => number {
  const shift = upperMedian(given.map((column) => (matrix.rows[run]?.[column] ?? NaN) - (row[column] ?? NaN)));
  return (column) => (row[column] ?? NaN) + shift;
}

function isGpu(matrix: NcnnMatrix, run: number): boolean {
  return (matrix.runs[run]?.gpuDevice ?? -1) >= 0;
}
