import { expect, it } from "vitest";
import { moves, run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("adds up the axis and lets known dimensions speak for unknown ones", () => {
  const inputs = [tensor(["N", 64, null, 7]), tensor([null, 32, 7, 7])];
  expect(run("Concat", 13, inputs, { axis: 1 }).shape).toEqual(["N", 96, 7, 7]);
  expect(run("Concat", 13, [tensor([2, 3]), tensor(null)], { axis: 0 }).shape).toEqual([null, 3]);
  expect(run("Concat", 13, [tensor(null), tensor([2, 3])], { axis: -1 }).shape).toEqual([2, null]);
});

it("joins vectors, leaving a gap where elements are unknown", () => {
  const result = run("Concat", 13, [vector("N"), tensor([2], "int64"), vector(-1)], { axis: 0 });
  expect(result).toMatchObject({ shape: [4], value: ["N", null, null, -1] });
});

it("joins on axis 1 by default in opset 1 and asks for an axis later", () => {
  expect(run("Concat", 1, [tensor([1, 2]), tensor([1, 3])]).shape).toEqual([1, 5]);
  expect(() => run("Concat", 13, [tensor([1, 2])])).toThrow('"axis" is missing');
});

it("reads and writes everything once", () => {
  expect(run("Concat", 13, [tensor([1, 2]), tensor([1, 3])], { axis: 1 }).cost()).toEqual(moves(20, 20));
});

it("refuses contradicting dimensions, ranks, scalars and nothing at all", () => {
  expect(() => run("Concat", 13, [tensor([1, 2]), tensor([2, 2])], { axis: 1 })).toThrow("is 1 and also 2");
  expect(() => run("Concat", 13, [tensor([1, 2]), tensor([2])], { axis: 0 })).toThrow("differ in rank");
  expect(() => run("Concat", 13, [scalar(1)], { axis: 0 })).toThrow("axis 0");
  expect(() => run("Concat", 13, [], { axis: 0 })).toThrow("nothing to concatenate");
});

it("follows no value that is longer than shapes are", () => {
  const long = tensor([3000], "int64");
  expect(run("Concat", 13, [long, long], { axis: 0 })).toMatchObject({ shape: [6000], value: null });
});
