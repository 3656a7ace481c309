import type { Tf } from "../../../model/backend.js";
import { conformalQuantile } from "../../../predict/interval.js";
import { NAS_DEVICES, type NasDevice } from "../../published/nas/table.js";
import { deviceSumBasis, predictDeviceSum } from "../../train/device-sum.js";
import { accuracyOf, type Pair } from "../metrics.js";
import { spearman } from "../spearman.js";
import { type Baseline, blockSum, boostedTrees, flopsAndBytes, flopsLine } from "./baselines.js";
import { fitSum, fitTable, type KnownDevices, knownDevices, measured, type NasBench, othersOf } from "./bench.js";
import { factorPredictions } from "./factors.js";
import { trainGcnBaseline } from "./gcn-baseline.js";

export interface NasResult {
  readonly predictor: string;
  readonly device: NasDevice;
  readonly spearman: number;
  readonly within10Percent: number;
  readonly within5Percent: number;
  readonly mapePercent: number;
  readonly rows: number;
}

export interface IntervalResult {
  readonly device: NasDevice;
  readonly coveragePercent: number;
  readonly halfWidthPercent: number;
  readonly mapePercent: number;
}

export const CHOSEN_SUM = "tempograph: table drawn to what other devices say";
const OWN_TABLE = "lookup table of the device alone";
const FACTORS = "tempograph: factors over kernels (first 1,000 test rows)";
const FACTORS_TEST = 1000;
export const INTERVAL_COVERAGE = 0.9;

const BASELINES: readonly (readonly [string, Baseline])[] = [
  ["FLOPs line", flopsLine],
  ["FLOPs and bytes", flopsAndBytes],
  ["sum over kinds of block (nn-Meter's way)", blockSum],
  ["boosted trees on the choices", boostedTrees],
];

export interface OwnDeviceResults {
  readonly results: readonly NasResult[];
  readonly intervals: readonly IntervalResult[];
}

/** Every predictor on devices that are measured, by device; `tf` null leaves out the two that are networks. */
export async function ownDeviceResults(bench: NasBench, training: readonly number[], tf: Tf | null, seed: number): Promise<OwnDeviceResults> {
  const { test } = bench.split;
  const known = knownDevices(bench, training);
  const results: NasResult[] = [];
  const intervals: IntervalResult[] = [];
  const add = (predictor: string, device: NasDevice, predictions: readonly number[] | null, rows = test): void => {
    if (predictions !== null) results.push(resultOf(predictor, device, pairsOf(bench, device, rows, predictions)));
  };
  for (const device of NAS_DEVICES) {
    for (const [name, baseline] of BASELINES) add(name, device, baseline(bench, device, training, test));
    if (tf !== null) add("BRP-NAS's GCN", device, await trainGcnBaseline(tf, bench, device, training, test, seed));
    const own = fitTable(bench, device, training).model;
    add(OWN_TABLE, device, test.map((row) => predictDeviceSum(own, row)));
    const { predictions, heldOut } = sharedSum(bench, known, device, training);
    add(CHOSEN_SUM, device, predictions);
    intervals.push(intervalOf(device, pairsOf(bench, device, test, predictions), heldOut));
    bench.log(`${bench.space}, ${device}: ${training.length} train, done`);
  }
  if (tf !== null) {
    const rows = test.slice(0, FACTORS_TEST);
    for (const [device, predictions] of await factorPredictions(tf, bench, training, rows, seed)) add(FACTORS, device, predictions, rows);
  }
  return { results, intervals };
}

function sharedSum(bench: NasBench, known: KnownDevices, device: NasDevice, training: readonly number[]) {
  const basis = deviceSumBasis(othersOf(bench, known, device), bench.tables, { standardise: false });
  const { model, heldOut, columnPenalty } = fitSum(bench, basis, device, training);
  bench.log(`${bench.space}, ${device}: shared sum, penalty ${columnPenalty}`);
  return { predictions: bench.split.test.map((row) => predictDeviceSum(model, row)), heldOut };
}

export function pairsOf(bench: NasBench, device: NasDevice, rows: readonly number[], predictions: readonly number[]): Pair[] {
  return rows.map((row, i) => ({ predicted: predictions[i] ?? NaN, measured: measured(bench, device, row) }));
}

export function resultOf(predictor: string, device: NasDevice, pairs: readonly Pair[]): NasResult {
  const { within10Percent, within5Percent, mapePercent, rows } = accuracyOf(pairs);
  return { predictor, device, spearman: spearman(pairs), within10Percent, within5Percent, mapePercent, rows };
}

/** Conformal interval on the logarithm from errors of samples that were held out, and what of the test lies in it. */
export function intervalOf(device: NasDevice, pairs: readonly Pair[], heldOut: readonly number[]): IntervalResult {
  const halfWidth = conformalQuantile(heldOut, INTERVAL_COVERAGE);
  const inside = pairs.filter(({ predicted, measured: actual }) => Math.abs(Math.log(actual / predicted)) <= halfWidth).length;
  return {
    device,
    coveragePercent: (100 * inside) / pairs.length,
    halfWidthPercent: 100 * (Math.exp(halfWidth) - 1),
    mapePercent: accuracyOf(pairs).mapePercent,
  };
}
