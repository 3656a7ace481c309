import type { Tf } from "../../../model/backend.js";
import { predictNasFactors, trainNasFactors } from "../../published/nas/factors.js";
import type { NasDevice, NasRow } from "../../published/nas/table.js";
import type { NasBench } from "./bench.js";

/** Predictions of the factors predictor, trained on all devices at once, by device in the order of `test`. */
export async function factorPredictions(
  tf: Tf,
  bench: NasBench,
  training: readonly number[],
  test: readonly number[],
  seed: number,
): Promise<ReadonlyMap<NasDevice, number[]>> {
  const rowsOf = (rows: readonly number[]): NasRow[] => rows.flatMap((row) => bench.rows[row] ?? []);
  const model = await trainNasFactors(tf, rowsOf(training), seed, bench.log);
  return predictNasFactors(model, rowsOf(test));
}
