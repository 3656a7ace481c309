import { expect, it } from "vitest";
import { solveNonNegative } from "./nnls.js";

it("recovers non-negative coefficients exactly", () => {
  const a = [
    [1, 2, 1e6],
    [1, 5, 3e6],
    [1, 7, 1e5],
    [1, 1, 2e7],
  ];
  const truth = [3, 0.5, 2e-6];
  const b = a.map((row) => row.reduce((sum, value, j) => sum + value * (truth[j] ?? 0), 0));
  const x = solveNonNegative(a, b);
  truth.forEach((value, j) => {
    expect(x[j]).toBeCloseTo(value, 6);
  });
});

it("keeps a coefficient at zero where least squares would make it negative", () => {
  const x = solveNonNegative(
    [
      [1, 1],
      [1, 2],
      [1, 3],
    ],
    [3, 2, 1],
  );
  expect(x[1]).toBe(0);
  expect(x[0]).toBeCloseTo(2, 6);
});

it("gives zero to a column of zeros", () => {
  expect(solveNonNegative([[0, 1], [0, 2]], [1, 2])[0]).toBe(0);
});
