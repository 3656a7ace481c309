import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import { completeRow, fitGaussianRows } from "./gaussian-rows.js";

/** Rows of five columns that two hidden numbers make, some values missing: made up. */
function rowsOf(count: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const [speed, shape] = [random.normal(), random.normal()];
    return Float64Array.from({ length: 5 }, (_, j) => speed + (0.4 * j - 0.8) * shape + 0.01 * random.normal() + j);
  });
}

const COMPLETE = rowsOf(120, 3);
const TRAINING = COMPLETE.map((row, i) => row.map((value, j) => ((i + j) % 4 === 0 ? NaN : value)));

describe("a distribution of rows", () => {
  it("completes a new row from two of its values", () => {
    const model = fitGaussianRows(TRAINING, { weights: TRAINING.map(() => 1), degreesOfFreedom: Infinity });
    const errors = rowsOf(20, 4).flatMap((row) => [1, 2, 3].map((j) => Math.abs((completeRow(model, row, [0, 4])[j] ?? NaN) - (row[j] ?? NaN))));
    expect(Math.max(...errors)).toBeLessThan(0.15);
  });

  it("is hardly moved by rows unlike all others where its tails are heavy", () => {
    const odd = Array.from({ length: 8 }, (_, i) => Float64Array.from([0, 9, -9, 9, i]));
    const rows = [...TRAINING, ...odd];
    const [normal, heavy] = [Infinity, 3].map((degreesOfFreedom) => fitGaussianRows(rows, { weights: rows.map(() => 1), degreesOfFreedom }));
    const error = (model: typeof normal): number =>
      Math.max(...rowsOf(20, 4).map((row) => Math.abs((model === undefined ? NaN : (completeRow(model, row, [0, 4])[2] ?? NaN)) - (row[2] ?? NaN))));
    expect(error(heavy)).toBeLessThan(error(normal) / 2);
  });

  it("ignores rows of no weight", () => {
    const weights = [...TRAINING.map(() => 1), 0];
    const { mean } = fitGaussianRows([...TRAINING, Float64Array.from([99, 99, 99, 99, 99])], { weights, degreesOfFreedom: Infinity });
    expect(Math.abs(mean[0] ?? NaN)).toBeLessThan(0.5);
  });

  it("needs rows, and something given", () => {
    expect(() => fitGaussianRows([], { weights: [], degreesOfFreedom: Infinity })).toThrow(RangeError);
    const model = fitGaussianRows(TRAINING, { weights: TRAINING.map(() => 1), degreesOfFreedom: Infinity });
    expect(() => completeRow(model, COMPLETE[0] ?? [], [])).toThrow(RangeError);
  });
});
