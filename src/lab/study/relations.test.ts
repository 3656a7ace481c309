import { describe, expect, it } from "vitest";
import { correlation, fitPowerLaw, leastSquares, powerLawAt } from "./relations.js";

describe("correlation", () => {
  it("is 1 and -1 on straight lines, and known in between", () => {
    expect(correlation([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    // By hand: xy = 1, xx = 2, yy = 2.
    expect(correlation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
  });

  it("is not known for two points or a constant", () => {
    expect(correlation([1, 2], [1, 2])).toBeNull();
    expect(correlation([1, 2, 3], [5, 5, 5])).toBeNull();
  });
});

describe("least squares", () => {
  it("finds the plane that made the data, whatever the units", () => {
    const x = [[1, 1e9, 2], [1, 3e9, 1], [1, 2e9, 5], [1, 5e9, 3], [1, 4e9, 9], [1, 7e9, 4], [1, 6e9, 6], [1, 8e9, 1], [1, 9e9, 2]];
    const fitted = leastSquares(x, x.map(([a = 0, b = 0, c = 0]) => 4 * a + 2e-9 * b - 3 * c)) ?? [];
    expect(fitted[0]).toBeCloseTo(4, 8);
    expect((fitted[1] ?? 0) * 1e9).toBeCloseTo(2, 8);
    expect(fitted[2]).toBeCloseTo(-3, 8);
  });

  it("says nothing from too few rows or from columns that depend on each other", () => {
    expect(leastSquares([[1, 2], [1, 3]], [1, 2])).toBeNull();
    const twins = [1, 2, 3, 4, 5, 6, 7].map((v) => [v, 2 * v]);
    expect(leastSquares(twins, twins.map(([v = 0]) => v))).toBeNull();
    expect(leastSquares([], [])).toBeNull();
  });
});

describe("a power law", () => {
  const x = [[1, 8], [2, 1], [4, 3], [8, 9], [16, 2], [3, 7], [5, 5], [7, 2], [9, 4]];

  it("finds the exponents that made the data", () => {
    const law = fitPowerLaw(x, x.map(([a = 1, b = 1]) => 5 * a ** 2 * b ** -0.5));
    expect(law?.scale).toBeCloseTo(5, 8);
    expect(law?.exponents[0]).toBeCloseTo(2, 8);
    expect(law?.exponents[1]).toBeCloseTo(-0.5, 8);
    expect(law?.r2).toBeCloseTo(1, 10);
    expect(law === null ? 0 : powerLawAt(law, [3, 4])).toBeCloseTo(22.5, 6);
  });

  it("explains less of noisy data", () => {
    const noisy = fitPowerLaw(x, x.map(([a = 1], i) => a * (i % 2 === 0 ? 3 : 1 / 3)));
    expect(noisy?.r2).toBeLessThan(0.9);
    expect(noisy?.r2).toBeGreaterThanOrEqual(0);
  });
});
