import { spawnSync } from "node:child_process";
import type { ModelFeatures } from "../../../features/model-features.js";
import type { HardwareState } from "../../../features/state.js";
import { STATE_FEATURE_NAMES, stateVector } from "../../../features/state-vector.js";
import { TOTAL_NAMES, totalsVector } from "../../../features/totals.js";
import { findPython, pythonLacks, pythonScript } from "../../engines/python.js";
import type { Pair } from "../metrics.js";

export interface TableRow {
  readonly features: ModelFeatures;
  readonly state: HardwareState;
  readonly latencyUs: number;
}

/** What python/table_regressors.py calls the regressors that choose their columns: the "normal" ones. */
export const NORMAL_REGRESSORS = ["linear", "MLP", "SVR", "random forest", "XGBoost"] as const;
const BOOSTED_TREES = "boosted trees";
/** Modules that the regressors need, by the one that needs another than scikit-learn. */
const MODULES: Readonly<Record<string, string>> = { XGBoost: "xgboost" };

/** One regressor's answers. */
export interface TableResult {
  readonly columns: readonly number[];
  /** For the rows of `test`, in the unit of `target`. */
  readonly predictions: readonly number[];
}

/** Numbers of rows that train, with what was measured of each, and of rows that test. */
export interface NumberTable {
  readonly train: readonly (readonly number[])[];
  readonly target: readonly number[];
  /** Of each row that trains: rows of one group are never on both sides where columns are chosen. */
  readonly groups: readonly number[];
  readonly test: readonly (readonly number[])[];
}

const MAX_OUTPUT_BYTES = 256 * 2 ** 20;
/** Asking takes as long as a small fit. */
const lacking = new Map<string, string | null>();

function lacks(module: string): string | null {
  const known = lacking.get(module);
  if (known !== undefined) return known;
  const reason = pythonLacks(module);
  lacking.set(module, reason);
  return reason;
}

/**
 * Fits regressors of python/table_regressors.py to a table, by name; null where no Python with what they need is at hand
 * (`npm run lab:setup` installs one) or nothing trains.
 *
 * @throws Error with Python's message where fitting fails
 */
export function regressTable(table: NumberTable, regressors: readonly string[]): Readonly<Record<string, TableResult>> | null {
  const modules = new Set(["sklearn", ...regressors.flatMap((name) => MODULES[name] ?? [])]);
  if (table.train.length === 0 || [...modules].some((module) => lacks(module) !== null)) return null;
  const result = spawnSync(findPython(), [pythonScript("table_regressors.py")], { input: JSON.stringify({ ...table, regressors }), maxBuffer: MAX_OUTPUT_BYTES });
  if (result.status !== 0) throw new Error(result.error?.message ?? result.stderr.toString("utf8").trim());
  return JSON.parse(result.stdout.toString("utf8")) as Record<string, TableResult>;
}

/** Gradient boosting on a table, all of its columns: predictions for the rows of `test`, in the unit of `target`. */
export function boostedTable(
  train: readonly (readonly number[])[],
  target: readonly number[],
  test: readonly (readonly number[])[],
): readonly number[] | null {
  return regressTable({ train, target, groups: target.map(() => 0), test }, [BOOSTED_TREES])?.[BOOSTED_TREES]?.predictions ?? null;
}

/** scikit-learn's histogram gradient boosting on a model's totals and the state; null where it cannot be run. */
export function boostedTrees(training: readonly TableRow[], test: readonly TableRow[]): Pair[] | null {
  const predictions = boostedTable(
    training.map(rowOf),
    training.map(({ latencyUs }) => latencyUs),
    test.map(rowOf),
  );
  return predictions === null ? null : pairsOf(test, predictions);
}

/** A "normal" baseline: one regressor on totals and state, whose columns are chosen one by one. */
export interface NormalResult {
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** What it predicts from, in the order in which it was chosen. */
  readonly columns: readonly string[];
}

/** The "normal" baselines; null where they cannot be run. A model's rows are together where columns are chosen. */
export function normalRegressors(training: readonly TableRow[], test: readonly TableRow[]): readonly NormalResult[] | null {
  const models = new Map<ModelFeatures, number>();
  const groups = training.map(({ features }) => {
    const group = models.get(features) ?? models.size;
    models.set(features, group);
    return group;
  });
  const table = { train: training.map(rowOf), target: training.map(({ latencyUs }) => latencyUs), groups, test: test.map(rowOf) };
  const results = regressTable(table, NORMAL_REGRESSORS);
  if (results === null) return null;
  const names = [...TOTAL_NAMES, ...STATE_FEATURE_NAMES];
  return Object.entries(results).map(([name, { columns, predictions }]) => ({
    name,
    pairs: pairsOf(test, predictions),
    columns: columns.map((column) => names[column] ?? ""),
  }));
}

function pairsOf(test: readonly TableRow[], predictions: readonly number[]): Pair[] {
  return test.map(({ latencyUs }, i) => ({ predicted: predictions[i] ?? NaN, measured: latencyUs }));
}

function rowOf({ features, state }: TableRow): number[] {
  return [...totalsVector(features.graph), ...stateVector(state).values];
}
