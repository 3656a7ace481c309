import { expect, it } from "vitest";
import { spearman } from "./rank-correlation.js";

it("is 1 for the same order, -1 for the other way round, whatever the values", () => {
  expect(spearman([1, 2, 3, 9], [0.1, 4, 5, 1000])).toBeCloseTo(1, 12);
  expect(spearman([1, 2, 3, 9], [4, 3, 2, -100])).toBeCloseTo(-1, 12);
});

it("gives ties their mean rank", () => {
  // Ranks 0.5 0.5 2 3 and 0 1 2 3: covariance 4.5, variances 4.5 and 5.
  expect(spearman([1, 1, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
});

it("is not a number where nothing varies, and refuses lists of two lengths", () => {
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
  expect(() => spearman([1], [1, 2])).toThrow(RangeError);
});
