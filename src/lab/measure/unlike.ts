import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Beside the rows of a dataset: models of its sweep that the engine's converter made something else of. */
export const UNLIKE_FILE = "unlike.json";

export interface UnlikeModels {
  readonly engine: string;
  readonly engineVersion: string;
  /** Beginnings of the ids that were checked. */
  readonly checked: readonly string[];
  /** How many models both engines computed. */
  readonly compared: number;
  readonly unlike: readonly { readonly id: string; readonly why: string }[];
}

/** Ids of the models of a dataset whose latencies are another model's; none where conversions were not compared. */
export function unlikeModels(folder: string): ReadonlySet<string> {
  const path = join(folder, UNLIKE_FILE);
  if (!existsSync(path)) return new Set();
  const { unlike } = JSON.parse(readFileSync(path, "utf8")) as UnlikeModels;
  return new Set(unlike.map(({ id }) => id));
}
