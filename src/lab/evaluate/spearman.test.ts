import { expect, it } from "vitest";
import { spearman } from "./spearman.js";

function pairs(...values: readonly (readonly [number, number])[]) {
  return values.map(([predicted, measured]) => ({ predicted, measured }));
}

it("is 1 for the same order and -1 for the reverse, whatever the values", () => {
  expect(spearman(pairs([1, 10], [2, 11], [300, 12]))).toBeCloseTo(1, 12);
  expect(spearman(pairs([1, 12], [2, 11], [300, 10]))).toBeCloseTo(-1, 12);
});

it("gives ties the mean of their ranks", () => {
  // scipy.stats.spearmanr([1, 2, 3, 4], [5, 6, 6, 9]) = 0.9486832980505138
  expect(spearman(pairs([1, 5], [2, 6], [3, 6], [4, 9]))).toBeCloseTo(0.9486832980505138, 12);
});
