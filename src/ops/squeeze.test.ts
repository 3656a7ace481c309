import { expect, it } from "vitest";
import { moves, run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("removes the axes that an attribute (to opset 12) or an input (since 13) names", () => {
  expect(run("Squeeze", 11, [tensor([1, 3, 1])], { axes: [0] }).shape).toEqual([3, 1]);
  expect(run("Squeeze", 13, [tensor([1, 3, 1]), vector(-1)]).shape).toEqual([1, 3]);
  expect(run("Squeeze", 13, [tensor(["N", 3, null]), vector(2)]).shape).toEqual(["N", 3]);
});

it("removes every axis of size 1 when none is named, if all are known", () => {
  expect(run("Squeeze", 13, [tensor([1, 3, 1])]).shape).toEqual([3]);
  expect(run("Squeeze", 13, [tensor(["N", 3, 1])]).shape).toBeNull();
});

it("refuses to remove what is not 1, or twice the same", () => {
  expect(() => run("Squeeze", 13, [tensor([2, 1]), vector(0)])).toThrow("is not 1");
  expect(() => run("Squeeze", 13, [tensor([1, 1]), vector(0, -2)])).toThrow("twice");
});

it("inserts axes counted in the output", () => {
  expect(run("Unsqueeze", 11, [tensor([3])], { axes: [0, 2] }).shape).toEqual([1, 3, 1]);
  expect(run("Unsqueeze", 13, [tensor([3, "W"]), vector(-1, 0)]).shape).toEqual([1, 3, "W", 1]);
  expect(run("Unsqueeze", 13, [scalar("N"), vector(0)])).toMatchObject({ shape: [1], value: ["N"] });
});

it("knows the rank from the number of axes that it does not know", () => {
  expect(run("Unsqueeze", 13, [tensor([3]), tensor([2], "int64")]).shape).toEqual([null, null, null]);
  expect(run("Squeeze", 13, [tensor([3, 1]), tensor([1], "int64")]).shape).toEqual([null]);
  expect(run("Unsqueeze", 13, [tensor([3]), tensor([null], "int64")]).shape).toBeNull();
});

it("refuses axes outside the rank, missing axes and huge numbers of them", () => {
  expect(() => run("Unsqueeze", 13, [tensor([3]), vector(4)])).toThrow("axis 4");
  expect(() => run("Unsqueeze", 13, [tensor([3])])).toThrow('"axes" are missing');
  expect(() => run("Unsqueeze", 13, [tensor([3]), tensor([1e9], "int64")])).toThrow("rank");
});

it("moves nothing", () => {
  expect(run("Squeeze", 13, [tensor([1, 3])]).cost()).toEqual(moves(0, 0));
  expect(run("Unsqueeze", 13, [tensor([3]), vector(0)]).cost()).toEqual(moves(0, 0));
});
