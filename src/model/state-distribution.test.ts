import { describe, expect, it } from "vitest";
import { createRandom } from "./random.js";
import { conditionalMean, fitStateDistribution } from "./state-distribution.js";

/** Synthetic: the second field follows the first with slope 2 and some noise. */
const random = createRandom(5);
const ROWS = Array.from({ length: 500 }, () => {
  const x = random.normal();
  return [x, 3 + 2 * x + 0.5 * random.normal()];
});

function moments(rows: readonly (readonly number[])[]): { mean: number[]; slope: number } {
  const mean = [0, 1].map((j) => rows.reduce((sum, row) => sum + (row[j] ?? 0), 0) / rows.length);
  const [m0 = 0, m1 = 0] = mean;
  const product = (f: (a: number, b: number) => number): number =>
    rows.reduce((sum, [a = 0, b = 0]) => sum + f(a - m0, b - m1), 0);
  return { mean, slope: product((a, b) => a * b) / product((a) => a * a) };
}

describe("a state distribution", () => {
  it("has means and covariances over the number of rows", () => {
    const { mean, covariance, varied } = fitStateDistribution([[1, 0, 7], [3, 4, 7]]);
    expect(mean).toEqual([2, 2, 7]);
    expect(covariance).toEqual([[1, 2, 0], [2, 4, 0], [0, 0, 0]]);
    expect(varied).toEqual([true, true, false]);
  });

  it("of no rows is empty", () => {
    expect(fitStateDistribution([])).toEqual({ mean: [], covariance: [], varied: [] });
  });
});

describe("the conditional mean", () => {
  const distribution = fitStateDistribution(ROWS);
  const at = (values: readonly number[], mask: readonly number[]): number[] => [
    ...conditionalMean(distribution, Float32Array.from(values), Float32Array.from(mask)),
  ];

  it("of two fields is the regression line: m1 + c10 / c00 (x0 - m0)", () => {
    const { mean, slope } = moments(ROWS);
    const [m0 = NaN, m1 = NaN] = mean;
    for (const x of [-2, 0, 1.5]) {
      const [first, second] = at([x, 0], [1, 0]);
      expect(first).toBe(x);
      expect(second).toBeCloseTo(m1 + slope * (x - m0), 5);
    }
  });

  it("is the mean where nothing is known, and the state itself where all is", () => {
    const { mean } = moments(ROWS);
    expect(at([9, 9], [0, 0])).toEqual(mean.map(Math.fround));
    expect(at([9, -9], [1, 1])).toEqual([9, -9]);
  });

  it("ignores fields that training never varied: they keep their training value", () => {
    const fixed = fitStateDistribution(ROWS.map((row) => [...row, 2400]));
    const result = conditionalMean(fixed, Float32Array.of(1, 0, 800), Float32Array.of(1, 0, 1));
    expect(result[2]).toBe(2400);
    expect(result[1]).toBeCloseTo(at([1, 0], [1, 0])[1] ?? NaN, 5);
  });

  it("stands fields that repeat each other", () => {
    const doubled = fitStateDistribution(ROWS.map(([x = 0, y = 0]) => [x, x, y]));
    const result = conditionalMean(doubled, Float32Array.of(1, 1, 0), Float32Array.of(1, 1, 0));
    expect(result[2]).toBeCloseTo(at([1, 0], [1, 0])[1] ?? NaN, 4);
  });
});
