import { NAS_DEVICES, type NasDevice, ROUNDED_DEVICES } from "../../published/nas/table.js";
import type { Pair } from "../metrics.js";
import { spearman } from "../spearman.js";
import { measured, type NasBench } from "./bench.js";
import { deviceSumBasis, fitDeviceSum, predictDeviceSum } from "../../train/device-sum.js";
import { resultOf } from "./own-device.js";

export interface NoiseResult {
  readonly device: NasDevice;
  /** Of a lookup table that trained on most of the table, on the rest. */
  readonly spearman: number;
  readonly within10Percent: number;
  /** Correlation of the log errors of rows that follow each other in the file. */
  readonly neighbourCorrelation: number;
  /** Spearman and share within 10 % of those predictions against themselves in whole milliseconds; null where not rounded. */
  readonly rounding: { readonly spearman: number; readonly within10Percent: number } | null;
}

const LARGE_SHARE = 0.8;
/** Next to nothing against so many rows. */
const PENALTY = 1e-2;

/**
 * What no predictor from architectures can reach: how well a lookup table fits that saw four fifths of the table, and
 * whether its errors follow the order of the rows. Rows next to each other are architectures that have nothing in common,
 * so errors that they share are the device's drift while the rows were measured.
 */
export function noiseResults(bench: NasBench): NoiseResult[] {
  const { training, test } = bench.split;
  const all = [...training, ...test];
  const large = all.slice(0, Math.round(LARGE_SHARE * all.length));
  const rest = all.slice(large.length);
  const basis = deviceSumBasis([], bench.tables, { standardise: false });
  return NAS_DEVICES.map((device) => {
    const model = fitDeviceSum(basis, large, large.map((row) => measured(bench, device, row)), PENALTY);
    const predict = (row: number): Pair => ({ predicted: predictDeviceSum(model, row), measured: measured(bench, device, row) });
    const pairs = rest.map(predict);
    const result = resultOf("table", device, pairs);
    return {
      device,
      spearman: result.spearman,
      within10Percent: result.within10Percent,
      neighbourCorrelation: neighbourCorrelation(bench.rows.map((_, row) => predict(row))),
      rounding: ROUNDED_DEVICES.has(device) ? roundingOf(pairs) : null,
    };
  });
}

/** Spearman's correlation of the log errors of each row and the next, which no outlier decides. */
export function neighbourCorrelation(pairs: readonly Pair[]): number {
  const logs = pairs.map(({ predicted, measured: actual }) => Math.log(actual / predicted));
  return spearman(logs.slice(1).map((value, i) => ({ predicted: logs[i] ?? 0, measured: value })));
}

function roundingOf(pairs: readonly Pair[]): NonNullable<NoiseResult["rounding"]> {
  const rounded = pairs.map(({ predicted }) => ({ predicted, measured: Math.max(1, Math.round(predicted)) }));
  const { spearman: correlation, within10Percent } = resultOf("rounded", NAS_DEVICES[0], rounded);
  return { spearman: correlation, within10Percent };
}
