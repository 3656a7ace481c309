import { expect, it } from "vitest";
import type { Dim } from "../onnx/types.js";
import {
  addDims,
  checkedProduct,
  checkedRank,
  floorDivDims,
  formatShape,
  isKnown,
  mulDims,
  normalizeAxes,
  normalizeAxis,
  quotientDim,
  subDims,
  unifyDims,
  unknownOfRank,
} from "./dims.js";

it("computes with integers", () => {
  expect([addDims(2, 3), subDims(2, 3), mulDims(2, 3), floorDivDims(7, 2), floorDivDims(-7, 2)]).toEqual([5, -1, 6, 3, -4]);
});

it.each<[string, Dim, Dim]>([
  ["N + 0", addDims("N", 0), "N"],
  ["N + 1", addDims("N", 1), null],
  ["N - N", subDims("N", "N"), 0],
  ["N - 0", subDims("N", 0), "N"],
  ["? - ?", subDims(null, null), null],
  ["N * 1", mulDims("N", 1), "N"],
  ["N * 0", mulDims("N", 0), 0],
  ["N * 2", mulDims("N", 2), null],
  ["? * 1", mulDims(null, 1), null],
  ["N / 1", floorDivDims("N", 1), "N"],
  ["N / 2", floorDivDims("N", 2), null],
  ["4 / 0", floorDivDims(4, 0), null],
])("knows of %s what is trivially so", (_, result, expected) => {
  expect(result).toBe(expected);
});

it("refuses sums and products beyond the safe integers", () => {
  const limit = expect.objectContaining({ code: "limit-exceeded" }) as Error;
  expect(() => mulDims(2 ** 30, 2 ** 30)).toThrow(limit);
  expect(() => addDims(Number.MAX_SAFE_INTEGER, 1)).toThrow(limit);
  expect(() => checkedProduct(new Array<number>(500).fill(1000))).toThrow(limit);
});

it("takes a product with a 0 as 0 however large the rest is", () => {
  expect(checkedProduct([2 ** 52, 2 ** 52, 0])).toBe(0);
  expect(checkedProduct([])).toBe(1);
});

it.each<[readonly Dim[], readonly Dim[], Dim]>([
  [[2, 3, 4], [6], 4],
  [["N", 6], ["N", 2], 3],
  [["N", "N"], ["N"], "N"],
  [["N", 4], [2, 2], "N"],
  [["N", 4], [2], null],
  [["N", 3], [2], null],
  [["N"], ["M"], null],
  [[null, 2], [2], null],
  [[0, 3], [3], 0],
  [[0, 3], [0], null],
])("divides %j by %j", (whole, rest, expected) => {
  expect(quotientDim(whole, rest)).toBe(expected);
});

it("refuses a division of integers that leaves a remainder", () => {
  expect(() => quotientDim([7], [2])).toThrow("cannot be divided");
});

it("joins two statements about one dimension", () => {
  expect([unifyDims(3, "N"), unifyDims(null, 3), unifyDims(null, "N"), unifyDims("N", null), unifyDims("N", "M")]).toEqual([
    3,
    3,
    "N",
    "N",
    "N",
  ]);
  expect(() => unifyDims(3, 4)).toThrow("is 3 and also 4");
});

it("counts axes from the end too, within the rank and once", () => {
  expect(normalizeAxis(-1, 4)).toBe(3);
  expect(normalizeAxes([-1, 0], 2)).toEqual([1, 0]);
  for (const axis of [4, -5, 0.5, Number.NaN]) expect(() => normalizeAxis(axis, 4)).toThrow("outside");
  expect(() => normalizeAxis(0, 0)).toThrow("outside");
  expect(() => normalizeAxes([1, -1], 2)).toThrow("twice");
});

it("refuses ranks that no engine takes, before anything is built", () => {
  expect(checkedRank(64)).toBe(64);
  expect(() => unknownOfRank(1e9)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
});

it("tells known shapes from others, and prints both", () => {
  expect([isKnown([]), isKnown([1, 0]), isKnown(["N"]), isKnown([null]), isKnown(null)]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(formatShape([1, "N", null])).toBe("[1, N, ?]");
  expect(formatShape(null)).toBe("of unknown rank");
});
