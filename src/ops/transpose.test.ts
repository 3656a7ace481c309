import { expect, it } from "vitest";
import { fact } from "./facts.js";
import { moves, run, tensor } from "../../test/helper/operators.js";

it("permutes the axes, in reverse by default", () => {
  expect(run("Transpose", 13, [tensor(["N", 3, 4, 5])], { perm: [0, 2, 3, 1] }).shape).toEqual(["N", 4, 5, 3]);
  expect(run("Transpose", 13, [tensor([2, 3, 4])]).shape).toEqual([4, 3, 2]);
});

it("permutes small values", () => {
  const data = fact("int64", [2, 3], { value: [1, 2, 3, 4, 5, 6] });
  expect(run("Transpose", 13, [data]).value).toEqual([1, 4, 2, 5, 3, 6]);
});

it("reads and writes everything once", () => {
  expect(run("Transpose", 13, [tensor([2, 3], "int8")]).cost()).toEqual(moves(6, 6));
});

it("knows the rank from its permutation", () => {
  expect(run("Transpose", 13, [tensor(null)], { perm: [1, 0] }).shape).toEqual([null, null]);
});

it.each([[[0, 0]], [[0, 2]], [[-1, 0]]])("refuses %j as a permutation", (perm) => {
  expect(() => run("Transpose", 13, [tensor([2, 3])], { perm })).toThrow("no permutation");
});

it("refuses a permutation of another rank", () => {
  expect(() => run("Transpose", 13, [tensor([2, 3])], { perm: [0, 1, 2] })).toThrow("for rank 2");
});
