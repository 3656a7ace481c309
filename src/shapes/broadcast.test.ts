import { expect, it } from "vitest";
import type { Shape } from "../onnx/types.js";
import { broadcastShapes } from "./broadcast.js";

it.each<[Shape, Shape, Shape]>([
  [[2, 3], [3], [2, 3]],
  [[2, 1], [1, 3], [2, 3]],
  [[], [4], [4]],
  [["N", 3], ["N", 1], ["N", 3]],
  [["N"], [1], ["N"]],
  [["N"], [5], [5]],
  [["N"], ["M"], [null]],
  [["N"], [null], [null]],
  [[null], [1], [null]],
  [[null], [7], [7]],
  [[0], [1], [0]],
  [null, [1], null],
])("broadcasts %j with %j to %j, either way round", (a, b, expected) => {
  expect(broadcastShapes(a, b)).toEqual(expected);
  expect(broadcastShapes(b, a)).toEqual(expected);
});

it("takes any number of shapes", () => {
  expect(broadcastShapes([4, 1, 1], [3, 1], [2])).toEqual([4, 3, 2]);
  expect(broadcastShapes()).toEqual([]);
});

it("refuses integers that contradict each other", () => {
  expect(() => broadcastShapes([2, 3], [4])).toThrow("shapes [2, 3] and [4] do not broadcast");
  expect(() => broadcastShapes([0], [2])).toThrow(expect.objectContaining({ code: "invalid-graph" }));
});
