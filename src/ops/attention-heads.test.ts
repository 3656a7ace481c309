import { expect, it } from "vitest";
import { nodeOf } from "../../test/helper/onnx.js";
import { assertGroups, headedTensor, headWidth } from "./attention-heads.js";

const node = nodeOf("Attention", [], []);

it("tells heads with an axis of their own from heads side by side", () => {
  const expected = { batch: 2, heads: 4, positions: "S", width: 8 };
  expect(headedTensor(node, "Q", [2, 4, "S", 8], null)).toEqual(expected);
  expect(headedTensor(node, "Q", [2, "S", 32], 4)).toEqual(expected);
  expect(headedTensor(node, "Q", null, 4)).toEqual({ batch: null, heads: null, positions: null, width: null });
});

it("leaves the width of a head open where that of all is, unless there is one", () => {
  expect(headWidth(node, "Q", "D", 4)).toBeNull();
  expect(headWidth(node, "Q", "D", 1)).toBe("D");
  expect(() => headWidth(node, "Q", 30, 4)).toThrow("cannot be divided into 4 heads");
});

it("refuses heads that do not fall into groups", () => {
  expect(() => assertGroups(node, 8, 2)).not.toThrow();
  expect(() => assertGroups(node, "H", 3)).not.toThrow();
  expect(() => assertGroups(node, 8, 3)).toThrow("8 heads do not share 3");
});
