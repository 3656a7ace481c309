import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../../test/helper/synthetic.js";
import { pythonLacks } from "../../engines/python.js";
import { NORMAL_REGRESSORS, normalRegressors, regressTable, type TableRow } from "./tables.js";

const lacking = pythonLacks("sklearn", "xgboost");

/** The second column decides, the first does not matter, the third never changes. */
const rowOf = (i: number): number[] => [(i * 7) % 5, i / 40, 1];
const latency = (row: readonly number[]): number => 100 * Math.exp(row[1] ?? 0);
const TRAIN = Array.from({ length: 40 }, (_, i) => rowOf(i));
const TEST = [rowOf(8.5), rowOf(20.5)];

describe.skipIf(lacking !== null)(`regressors on tables${lacking === null ? "" : ` (${lacking})`}`, { timeout: 120_000 }, () => {
  it("choose the columns that lower the error on rows held out, and learn logarithms", () => {
    const table = { train: TRAIN, target: TRAIN.map(latency), groups: TRAIN.map((_, i) => i), test: TEST };
    const results = regressTable(table, ["linear", "XGBoost"]) ?? {};
    expect(results["linear"]?.columns).toEqual([1]);
    expect(results["XGBoost"]?.columns[0]).toBe(1);
    for (const [i, row] of TEST.entries()) expect((results["linear"]?.predictions[i] ?? 0) / latency(row)).toBeCloseTo(1, 3);
  });

  it("fail with Python's message for a regressor that is not known", () => {
    expect(() => regressTable({ train: TRAIN, target: TRAIN.map(latency), groups: TRAIN.map((_, i) => i), test: TEST }, ["guess"])).toThrow(/guess/);
  });

  it("answer for every row that tests, with the names of what they chose", () => {
    const rows: TableRow[] = [16, 20, 24, 28, 32, 40, 48].map((width) => {
      const features = syntheticFeatures(width, 1);
      return { features, state: {}, latencyUs: features.graph.totals.flops / 100 };
    });
    const results = normalRegressors(rows, rows.slice(0, 2));
    expect(results?.map(({ name }) => name)).toEqual(NORMAL_REGRESSORS);
    for (const { pairs, columns } of results ?? []) {
      expect(pairs).toHaveLength(2);
      expect(columns.length).toBeGreaterThan(0);
      expect(columns).not.toContain("");
    }
  });
});

it("answers nothing where nothing trains", () => {
  expect(normalRegressors([], [])).toBeNull();
});
