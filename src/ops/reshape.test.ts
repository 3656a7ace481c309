import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

it.each([
  [[2, 3, 4], [4, -1], [4, 6]],
  [[2, 3, 4], [0, -1], [2, 12]],
  [[2, 3, 4], [0, 0, 2, 2], [2, 3, 2, 2]],
  [["N", 512, 1, 1], [0, -1], ["N", 512]],
  [["N", 512, 1, 1], [-1, 512], ["N", 512]],
  [["N", 512, 1, 1], ["N", -1], ["N", 512]],
  [["N", 12], ["N", 3, -1], ["N", 3, 4]],
  [[null, 512], [-1, 256], [null, 256]],
  [["N", 6], [-1, 4], [null, 4]],
  [[2, 3], [null, 3], [2, 3]],
  [[2, 3], [null, null], [null, null]],
  [[], [1, 1], [1, 1]],
])("turns %j by %j into %j", (input, target, expected) => {
  expect(run("Reshape", 13, [tensor(input), vector(...target)]).shape).toEqual(expected);
});

it("keeps zeros as they are with allowzero", () => {
  expect(run("Reshape", 14, [tensor([0, 3]), vector(3, 0)], { allowzero: 1 }).shape).toEqual([3, 0]);
});

it.each([
  [[2, 3], [4], 0],
  [[2, 3], [-1, -1], 0],
  [[2, 3], [-1, 4], 0],
  [[2, 3], [-2, 3], 0],
  [[2, 3], [2, 3, 0], 0],
  [[0, 3], [0, -1], 1],
])("refuses to turn %j by %j (allowzero %s)", (input, target, allowzero) => {
  expect(() => run("Reshape", 14, [tensor(input), vector(...target)], { allowzero })).toThrow(
    expect.objectContaining({ code: "invalid-graph" }),
  );
});

it("reads opset 1's attribute", () => {
  expect(run("Reshape", 1, [tensor([2, 6])], { shape: [3, -1] }).shape).toEqual([3, 4]);
});

it("knows only the rank of a target that is computed as the model runs", () => {
  expect(run("Reshape", 13, [tensor([2, 6]), tensor([3], "int64")]).shape).toEqual([null, null, null]);
  expect(run("Reshape", 13, [tensor([2, 6]), tensor([null], "int64")]).shape).toBeNull();
});

it("passes values through and moves nothing", () => {
  const result = run("Reshape", 13, [fact("int64", [4], { value: [1, 2, 3, 4] }), vector(2, 2)]);
  expect(result).toMatchObject({ shape: [2, 2], value: [1, 2, 3, 4] });
  expect(result.cost()).toEqual(moves(0, 0));
});
