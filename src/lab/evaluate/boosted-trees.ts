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

const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/**
 * scikit-learn's histogram gradient boosting on a model's totals and the state; null where no Python with scikit-learn
 * is at hand (`npm run lab:setup` installs one).
 */
export function boostedTrees(training: readonly TableRow[], test: readonly TableRow[]): Pair[] | null {
  if (training.length === 0 || pythonLacks("sklearn") !== null) return null;
  const input = JSON.stringify({
    train: training.map(rowOf),
    target: training.map(({ latencyUs }) => latencyUs),
    test: test.map(rowOf),
  });
  const result = spawnSync(findPython(), [pythonScript("boosted_trees.py")], { input, maxBuffer: MAX_OUTPUT_BYTES });
  if (result.status !== 0) return null;
  const predictions = JSON.parse(result.stdout.toString("utf8")) as number[];
  return test.map(({ latencyUs }, i) => ({ predicted: predictions[i] ?? NaN, measured: latencyUs }));
}

function rowOf({ features, state }: TableRow): number[] {
  const totals = totalsVector(features.graph);
  if (totals.length !== TOTAL_NAMES.length) throw new RangeError("totals of another schema");
  return [...totals, ...stateVector(state).values];
}
