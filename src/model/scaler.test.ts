import { describe, expect, it } from "vitest";
import { fitScaler, standardise, withPlainColumns } from "./scaler.js";

describe("a scaler", () => {
  it("has the mean and 1 / the standard deviation of each column, over all matrices", () => {
    const { mean, scale } = fitScaler([Float32Array.of(1, 10, 3, 30), Float32Array.of(5, 50)], 2);
    const deviation = Math.sqrt(8 / 3);
    expect([...mean]).toEqual([3, 30]);
    expect(scale[0]).toBeCloseTo(1 / deviation, 6);
    expect(scale[1]).toBeCloseTo(0.1 / deviation, 6);
  });

  it("gives mean 0 and variance 1 to what it was fitted on", () => {
    const matrix = Float32Array.from({ length: 400 }, (_, i) => 1000 + Math.sin(i) * (i % 2 === 0 ? 1 : 50));
    const standard = standardise(matrix, fitScaler([matrix], 2));
    for (const column of [0, 1]) {
      const values = standard.filter((_, i) => i % 2 === column);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(0, 3);
      expect(variance).toBeCloseTo(1, 3);
    }
  });

  it.each([0, 1, -3.7, 1e6, 0.1])("has scale 0 for a column that is always %d, so that no later value counts", (constant) => {
    const scaler = fitScaler([new Float32Array(100).fill(constant)], 1);
    expect([...scaler.scale]).toEqual([0]);
    expect(Math.abs(standardise(Float32Array.of(1e9), scaler)[0] ?? NaN)).toBe(0);
  });

  it("cuts at 5 deviations, on both sides", () => {
    const scaler = fitScaler([Float32Array.of(-1, 1)], 1);
    expect([...standardise(Float32Array.of(-100, 0.5, 100), scaler)]).toEqual([-5, 0.5, 5]);
  });

  it("of nothing scales everything to 0", () => {
    const scaler = fitScaler([], 3);
    expect([...standardise(Float32Array.of(1, 2, 3), scaler)]).toEqual([0, 0, 0]);
  });

  it("can leave columns as they are, but for those that never varied", () => {
    const plain = withPlainColumns(fitScaler([Float32Array.of(0, 10, 7, 1, 30, 7)], 3), (column) => column !== 1);
    expect([...standardise(Float32Array.of(1, 20, 9), plain)]).toEqual([1, 0, 0]);
  });

  it("leaves no rows as no rows", () => {
    expect(standardise(new Float32Array(0), fitScaler([Float32Array.of(1, 2)], 1))).toHaveLength(0);
  });
});
