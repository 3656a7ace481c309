import { describe, expect, it } from "vitest";
import { robustRidge } from "./robust-ridge.js";

/** 1 + 2 x, and far off in one row. */
const ROWS = [0, 1, 2, 3, 4, 5, 6, 7].map((x) => [1, x]);
const TARGETS = ROWS.map(([, x = 0]) => 1 + 2 * x);

describe("robustRidge", () => {
  it("finds the coefficients of a sum", () => {
    const [a = NaN, b = NaN] = robustRidge(ROWS, TARGETS, { penalties: [0, 0], corner: 0.03 });
    expect([a, b].map((value) => value.toFixed(6))).toEqual(["1.000000", "2.000000"]);
  });

  it("hardly follows a row that is wrong by a factor", () => {
    const wrong = TARGETS.map((target, i) => (i === 3 ? 3 * target : target));
    const [, robust = NaN] = robustRidge(ROWS, wrong, { penalties: [0, 0], corner: 0.01, iterations: 60 });
    const [, squares = NaN] = robustRidge(ROWS, wrong, { penalties: [0, 0], corner: 1e9 });
    expect(Math.abs(robust - 2)).toBeLessThan(0.05);
    expect(Math.abs(robust - 2)).toBeLessThan(Math.abs(squares - 2));
  });

  it("keeps to its prior where penalties are large", () => {
    const [a = NaN, b = NaN] = robustRidge(ROWS, TARGETS, { penalties: [1e9, 1e9], prior: [5, 3], corner: 0.03 });
    expect([a, b].map((value) => value.toFixed(3))).toEqual(["5.000", "3.000"]);
  });

  it("refuses targets that no relative error has", () => {
    expect(() => robustRidge([[1]], [0], { penalties: [1], corner: 1 })).toThrow(/target of 0/);
    expect(() => robustRidge([[1]], [], { penalties: [1], corner: 1 })).toThrow(/1 rows, but 0 targets/);
  });
});
