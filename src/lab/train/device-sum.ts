import { mean, upperMedian } from "../dataset/statistics.js";
import { dot, robustRidge } from "./robust-ridge.js";

/**
 * The latency of an architecture on one device as a sum,
 *
 *     latency = s (m + sum over known devices d of w_d (p_d - m)) + sum over columns f of c_f x_f + constant,
 *
 * p_d being its predicted latency on a device that is known, each device's over its own mean, m the mean of p_d over
 * devices, and x_f what latency may be linear in. Without samples it is what the known devices agree on; s, w and c are
 * drawn to that by penalties, so that ten samples suffice for a device, and 900 fit a lookup table.
 */
export interface DeviceSumBasis {
  readonly rows: readonly Float64Array[];
  readonly devices: number;
  readonly columns: number;
}

/** Relative error from which on a sample counts linearly: a tenth of the published rows are outliers of a kind. */
const CORNER = 0.03;
const SCALE_PENALTY = 0.01;
const DEVICE_PENALTY = 0.1;
const CONSTANT_PENALTY = 0.1;
/** A prediction is at least this share of the samples' smallest latency. */
const SMALLEST_SHARE = 0.5;

export interface BasisOptions {
  /** Columns to unit deviation over all architectures, for quantities of different units. */
  readonly standardise: boolean;
}

/**
 * @param known by architecture: predicted latency on each known device; empty rows where there is none
 * @param columns by architecture
 */
export function deviceSumBasis(
  known: readonly (readonly number[])[],
  columns: readonly (readonly number[])[],
  { standardise }: BasisOptions,
): DeviceSumBasis {
  const devices = known[0]?.length ?? 0;
  const means = Array.from({ length: devices }, (_, d) => mean(known.map((row) => row[d] ?? 0)));
  const width = columns[0]?.length ?? 0;
  const used = standardise ? standardised(columns) : columns;
  const rows = used.map((own, i) => {
    const relative = means.map((deviceMean, d) => (known[i]?.[d] ?? 0) / deviceMean);
    const agreed = devices === 0 ? 1 : mean(relative);
    return Float64Array.from([
      agreed,
      ...relative.map((value) => value - agreed),
      ...own,
      1,
    ]);
  });
  return { rows, devices, columns: width };
}

export interface DeviceSum {
  readonly basis: DeviceSumBasis;
  readonly coefficients: Float64Array;
  /** Unit of the coefficients, in that of the latencies. */
  readonly unit: number;
  readonly smallest: number;
}

/** Fits samples, `items` being rows of the basis. @throws RangeError without samples or for a latency not above 0 */
export function fitDeviceSum(basis: DeviceSumBasis, items: readonly number[], latencies: readonly number[], columnPenalty: number): DeviceSum {
  if (items.length === 0) throw new RangeError("A device needs samples.");
  const rows = items.map((item) => basis.rows[item] ?? new Float64Array());
  const unit = upperMedian(rows.map((row, i) => (latencies[i] ?? 0) / Math.max(1e-3, row[0] ?? 1)));
  const penalties = [
    SCALE_PENALTY,
    ...Array.from({ length: basis.devices }, () => DEVICE_PENALTY),
    ...Array.from({ length: basis.columns }, () => columnPenalty),
    CONSTANT_PENALTY,
  ];
  const coefficients = robustRidge(rows, latencies.map((latency) => latency / unit), {
    penalties,
    prior: [1],
    corner: CORNER,
  });
  return { basis, coefficients, unit, smallest: SMALLEST_SHARE * Math.min(...latencies) };
}

export function predictDeviceSum({ basis, coefficients, unit, smallest }: DeviceSum, item: number): number {
  return Math.max(smallest, unit * dot(basis.rows[item] ?? [], coefficients));
}

export interface ChosenDeviceSum {
  readonly model: DeviceSum;
  readonly columnPenalty: number;
  /** log(measured / predicted) of each sample by a model that had not seen it. */
  readonly heldOut: readonly number[];
}

/** Limit of a fold's errors where penalties are compared: one wrong sample must not choose. */
const LARGEST_ERROR = 0.3;

/** The penalty, of those given, with the smallest mean absolute error over folds of the samples (item i in fold i mod `folds`). */
export function chooseDeviceSum(
  basis: DeviceSumBasis,
  items: readonly number[],
  latencies: readonly number[],
  penalties: readonly number[],
  folds: number,
): ChosenDeviceSum {
  const trials = penalties.map((columnPenalty) => {
    const heldOut = crossValidated(basis, items, latencies, columnPenalty, Math.min(folds, items.length));
    return { columnPenalty, heldOut, error: mean(heldOut.map((log) => Math.min(LARGEST_ERROR, Math.abs(log)))) };
  });
  const best = trials.reduce((a, b) => (b.error < a.error ? b : a));
  return { model: fitDeviceSum(basis, items, latencies, best.columnPenalty), columnPenalty: best.columnPenalty, heldOut: best.heldOut };
}

function crossValidated(basis: DeviceSumBasis, items: readonly number[], latencies: readonly number[], penalty: number, folds: number): number[] {
  const logs: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const train = [...items.keys()].filter((i) => i % folds !== fold);
    const model = fitDeviceSum(basis, train.map((i) => items[i] ?? 0), train.map((i) => latencies[i] ?? 0), penalty);
    for (let i = fold; i < items.length; i += folds) logs[i] = Math.log((latencies[i] ?? 0) / predictDeviceSum(model, items[i] ?? 0));
  }
  return logs;
}

/** Columns with mean 0 and deviation 1 over all rows; constant ones are 0. */
export function standardised(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const scales = (rows[0] ?? []).map((_, f) => moments(rows.map((row) => row[f] ?? 0)));
  return rows.map((row) => scales.map(({ centre, deviation }, f) => ((row[f] ?? 0) - centre) / deviation));
}

function moments(values: readonly number[]): { centre: number; deviation: number } {
  const centre = mean(values);
  return { centre, deviation: Math.sqrt(mean(values.map((value) => (value - centre) ** 2))) || 1 };
}
