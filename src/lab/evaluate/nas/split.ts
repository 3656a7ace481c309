import { createRandom } from "../../../model/random.js";
import { SPLIT_SEED } from "../splits.js";

/** Architectures that train, of each table. */
export const TRAINING_COUNT = 900;
export const SMALL_TRAINING_COUNT = 100;
/** Architectures of an unseen device that are measured (HELP's protocol). */
export const SAMPLE_COUNT = 10;
/** Draws of those samples that the unseen devices' figures are means of. */
export const SAMPLE_DRAWS = 20;

export interface NasSplit {
  /** Row numbers; the first SMALL_TRAINING_COUNT are the small training set. */
  readonly training: readonly number[];
  readonly test: readonly number[];
}

/** 900 rows train and the others test, the same of every device; depends on the number of rows alone. */
export function nasSplit(rows: number, seed = SPLIT_SEED): NasSplit {
  const shuffled = createRandom(seed).shuffle(Array.from({ length: rows }, (_, row) => row));
  return { training: shuffled.slice(0, TRAINING_COUNT), test: shuffled.slice(TRAINING_COUNT) };
}

/** The rows measured on an unseen device at one draw: any of the table, as HELP draws them. */
export function sampleRows(rows: number, draw: number, seed = SPLIT_SEED): readonly number[] {
  return createRandom(seed + 1 + draw).shuffle(Array.from({ length: rows }, (_, row) => row)).slice(0, SAMPLE_COUNT);
}
