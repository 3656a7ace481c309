import { spawnSync } from "node:child_process";
import { TOTAL_NAMES, totalsVector } from "../../features/totals.js";
import { stateVector } from "../../features/state-vector.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import { findPython, pythonLacks, pythonScript } from "../engines/python.js";
import type { Pair } from "./metrics.js";

export interface TableRow {
  readonly features: ModelFeatures;
  readonly state: HardwareState;
  readonly latencyUs: number;
}

let lacking: { readonly reason: string | null } | undefined;
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/**
 * scikit-learn's histogram gradient boosting on a model's totals and the state; null where no Python with scikit-learn
 * is at hand (`npm run lab:setup` installs one).
 */
export function boostedTrees(training: readonly TableRow[], test: readonly TableRow[]): Pair[] | null {
  const predictions = boostedTable(
    training.map(rowOf),
    training.map(({ latencyUs }) => latencyUs),
    test.map(rowOf),
  );
  return predictions === null ? null : test.map(({ latencyUs }, i) => ({ predicted: predictions[i] ?? NaN, measured: latencyUs }));
}

/** The same on any table: predictions for the rows of `test`, in the unit of `target`. */
export function boostedTable(
  train: readonly (readonly number[])[],
  target: readonly number[],
  test: readonly (readonly number[])[],
): number[] | null {
  // Asking takes as long as a small fit.
  lacking ??= { reason: pythonLacks("sklearn") };
  if (train.length === 0 || lacking.reason !== null) return null;
  const input = JSON.stringify({ train, target, test });
  const result = spawnSync(findPython(), [pythonScript("boosted_trees.py")], { input, maxBuffer: MAX_OUTPUT_BYTES });
  return result.status === 0 ? (JSON.parse(result.stdout.toString("utf8")) as number[]) : null;
}

function rowOf({ features, state }: TableRow): number[] {
  const totals = totalsVector(features.graph);
  if (totals.length !== TOTAL_NAMES.length) throw new RangeError("totals of another schema");
  return [...totals, ...stateVector(state).values];
}
