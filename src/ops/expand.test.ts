import { expect, it } from "vitest";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

it("broadcasts both ways", () => {
  expect(run("Expand", 13, [tensor([3, 1]), vector(2, 1, 6)]).shape).toEqual([2, 3, 6]);
  expect(run("Expand", 13, [tensor([1, 3]), vector("N", 1)]).shape).toEqual(["N", 3]);
  expect(run("Expand", 13, [tensor([1, 3]), tensor([2], "int64")]).shape).toEqual([null, 3]);
});

it("stretches small values", () => {
  expect(run("Expand", 13, [vector(1, 2), vector(2, 2)]).value).toEqual([1, 2, 1, 2]);
});

it("declares terabytes without allocating them", () => {
  const result = run("Expand", 13, [vector(7), vector(1e6, 1e6)]);
  expect(result).toMatchObject({ shape: [1e6, 1e6], value: null });
  expect(result.cost()).toEqual(moves(8 + 16, 8e12));
});

it("refuses contradictions and negative dimensions", () => {
  expect(() => run("Expand", 13, [tensor([3]), vector(2)])).toThrow("do not broadcast");
  expect(() => run("Expand", 13, [tensor([3]), vector(-1)])).toThrow("-1 is no dimension");
});
