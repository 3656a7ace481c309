import type { NasSpace } from "../../published/nas/architecture.js";
import { costsOf } from "../../published/nas/costs.js";
import { quantitiesOf, tableColumns } from "../../published/nas/quantities.js";
import { NAS_DEVICES, type NasDevice, type NasRow } from "../../published/nas/table.js";
import { chooseDeviceSum, type ChosenDeviceSum, deviceSumBasis, type DeviceSumBasis, predictDeviceSum, standardised } from "../../train/device-sum.js";
import { type NasSplit, nasSplit } from "./split.js";

/** A table with everything about its architectures that predictors read. */
export interface NasBench {
  readonly space: NasSpace;
  readonly rows: readonly NasRow[];
  readonly split: NasSplit;
  readonly costs: readonly { readonly macs: number; readonly bytes: number }[];
  readonly quantities: readonly (readonly number[])[];
  /** Columns of a lookup table, and the quantities to unit deviation: what is common to a kind needs no table. */
  readonly tables: readonly (readonly number[])[];
  readonly log: (message: string) => void;
}

export function nasBench(space: NasSpace, rows: readonly NasRow[], log: (message: string) => void): NasBench {
  const architectures = rows.map(({ architecture }) => architecture);
  const quantities = architectures.map(quantitiesOf);
  const byKind = standardised(quantities);
  return {
    space,
    rows,
    split: nasSplit(rows.length),
    costs: architectures.map(costsOf),
    quantities,
    tables: architectures.map((architecture, row) => [...tableColumns(architecture), ...(byKind[row] ?? [])]),
    log,
  };
}

export function measured(bench: NasBench, device: NasDevice, row: number): number {
  return bench.rows[row]?.latencyMs[device] ?? NaN;
}

/** Of the lookup table's entries, in shares of the mean latency; the fold-wise error chooses. */
const TABLE_PENALTIES = [1e-4, 1e-2, 0.3, 3, 30];
const TABLE_FOLDS = 5;

/** A lookup table of one device: nothing of other devices in it. */
export function fitTable(bench: NasBench, device: NasDevice, training: readonly number[]): ChosenDeviceSum {
  return fitSum(bench, deviceSumBasis([], bench.tables, { standardise: false }), device, training);
}

export function fitSum(bench: NasBench, basis: DeviceSumBasis, device: NasDevice, training: readonly number[]): ChosenDeviceSum {
  const latencies = training.map((row) => measured(bench, device, row));
  return chooseDeviceSum(basis, training, latencies, TABLE_PENALTIES, TABLE_FOLDS);
}

/**
 * Predictions of each device's own lookup table for every row of the table of measurements; those of rows that trained it
 * by the fold that had not seen them, so that what is fitted on top of them meets errors as large as it will meet later.
 */
export type KnownDevices = ReadonlyMap<NasDevice, readonly number[]>;

export function knownDevices(bench: NasBench, training: readonly number[]): KnownDevices {
  return new Map(
    NAS_DEVICES.map((device) => {
      const { model, columnPenalty, heldOut } = fitTable(bench, device, training);
      bench.log(`${bench.space}, ${device}: table of ${training.length}, penalty ${columnPenalty}`);
      const predictions = bench.rows.map((_, row) => predictDeviceSum(model, row));
      training.forEach((row, i) => (predictions[row] = measured(bench, device, row) / Math.exp(heldOut[i] ?? 0)));
      return [device, predictions];
    }),
  );
}

/** By row: what the devices other than one predict. */
export function othersOf(bench: NasBench, known: KnownDevices, device: NasDevice): readonly (readonly number[])[] {
  const others = NAS_DEVICES.filter((other) => other !== device).map((other) => known.get(other) ?? []);
  return bench.rows.map((_, row) => others.map((predictions) => predictions[row] ?? 0));
}
