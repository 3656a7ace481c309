import { expect, it } from "vitest";
import { moves, run, scalar, tensor, vector } from "../../test/helper/operators.js";

it("grows by attributes to opset 10 and by inputs since 11", () => {
  const data = tensor(["N", 3, 8, 8]);
  expect(run("Pad", 1, [data], { paddings: [0, 0, 1, 2, 0, 0, 1, 2] }).shape).toEqual(["N", 3, 10, 12]);
  expect(run("Pad", 2, [data], { pads: [0, 0, 1, 2, 0, 0, 1, 2] }).shape).toEqual(["N", 3, 10, 12]);
  expect(run("Pad", 11, [data, vector(0, 0, 1, 2, 0, 0, 1, 2)]).shape).toEqual(["N", 3, 10, 12]);
});

it("grows only the axes that are named since opset 18", () => {
  const result = run("Pad", 18, [tensor([1, 3, 8, 8]), vector(1, 2, 1, 2), null, vector(-1, 2)]);
  expect(result.shape).toEqual([1, 3, 12, 10]);
  const unknown = tensor([2], "int64");
  expect(run("Pad", 18, [tensor([1, 3, 8]), unknown, null, vector(2)]).shape).toEqual([1, 3, null]);
  expect(run("Pad", 18, [tensor([1, 3]), vector(1, 1), null, tensor([1], "int64")]).shape).toEqual([null, null]);
});

it("crops by negative pads, not below nothing", () => {
  expect(run("Pad", 11, [tensor([8]), vector(-1, -2)]).shape).toEqual([5]);
  expect(() => run("Pad", 11, [tensor([2]), vector(-1, -2)])).toThrow("a size of -1");
});

it("pads the vectors that exporters compute pads with", () => {
  expect(run("Pad", 11, [vector(1, "W"), vector(0, 2), scalar(0)]).value).toEqual([1, "W", 0, 0]);
  expect(run("Pad", 11, [vector(1), vector(0, 1e12)])).toMatchObject({ shape: [1e12 + 1], value: null });
});

it("reads its inputs and writes its output", () => {
  expect(run("Pad", 11, [tensor([8]), vector(1, 1)]).cost()).toEqual(moves(32 + 16, 40));
});

it("refuses modes, numbers of pads and axes that do not fit", () => {
  expect(() => run("Pad", 11, [tensor([8]), vector(1, 1)], { mode: "toString" })).toThrow("not known");
  expect(() => run("Pad", 11, [tensor([8]), vector(1)])).toThrow("1 pads for 1 axes");
  expect(() => run("Pad", 18, [tensor([8]), vector(1, 1), null, vector(1)])).toThrow("axis 1");
  expect(() => run("Pad", 2, [tensor([8])])).toThrow("missing");
});
