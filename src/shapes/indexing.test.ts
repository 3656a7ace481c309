import { expect, it } from "vitest";
import { broadcastElements, fillByIndex, stridesOf } from "./indexing.js";

it("has row-major strides", () => {
  expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
  expect(stridesOf([])).toEqual([]);
});

it("visits indices in row-major order", () => {
  expect(fillByIndex([2, 2], (index) => index.join(""))).toEqual(["00", "01", "10", "11"]);
  expect(fillByIndex([], () => "scalar")).toEqual(["scalar"]);
  expect(fillByIndex([3, 0], () => "never")).toEqual([]);
});

it("stretches elements along axes of 1 and missing ones", () => {
  expect(broadcastElements(["a", "b"], [2, 1], [2, 2])).toEqual(["a", "a", "b", "b"]);
  expect(broadcastElements(["a", "b"], [2], [2, 2])).toEqual(["a", "b", "a", "b"]);
  expect(broadcastElements(["a"], [], [2])).toEqual(["a", "a"]);
});
