import { expect, it } from "vitest";
import type { Dim } from "../onnx/types.js";
import { fact } from "./facts.js";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

const MAX = Number.MAX_SAFE_INTEGER;

/** Slices a vector 0, 1, 2, ... of this length. */
function sliced(length: number, start: number, end: number, step: number): readonly Dim[] | null {
  const data = vector(...Array.from({ length }, (_, at) => at));
  return run("Slice", 13, [data, vector(start), vector(end), vector(0), vector(step)]).value;
}

it.each([
  [1, 3, 1, [1, 2]],
  [-2, MAX, 1, [3, 4]],
  [0, -1, 1, [0, 1, 2, 3]],
  [0, MAX, 2, [0, 2, 4]],
  [-1, -MAX, -1, [4, 3, 2, 1, 0]],
  [MAX, -MAX, -2, [4, 2, 0]],
  [3, 0, -1, [3, 2, 1]],
  [-99, 2, 1, [0, 1]],
  [3, 1, 1, []],
  [9, 99, 1, []],
])("takes [%s : %s : %s] of five elements as NumPy does", (start, end, step, expected) => {
  expect(sliced(5, start, end, step)).toEqual(expected);
});

it("cuts named axes by inputs since opset 10 and by attributes before", () => {
  const inputs = [tensor([1, 8, 9]), vector(2, 1), vector(6, MAX), vector(1, -1)];
  expect(run("Slice", 10, inputs).shape).toEqual([1, 4, 8]);
  const attributes = { starts: [2, 1], ends: [6, MAX], axes: [1, 2] };
  expect(run("Slice", 1, [tensor([1, 8, 9])], attributes).shape).toEqual([1, 4, 8]);
  expect(run("Slice", 1, [tensor([8, 9])], { starts: [2], ends: [6] }).shape).toEqual([4, 9]);
});

it("keeps a symbol that is taken whole and loses one that is cut", () => {
  const whole = [tensor(["N", 8]), vector(0), vector(MAX), vector(0)];
  expect(run("Slice", 13, whole).shape).toEqual(["N", 8]);
  expect(run("Slice", 13, [tensor(["N", 8]), vector(0), vector("N"), vector(0)]).shape).toEqual(["N", 8]);
  expect(run("Slice", 13, [tensor(["N", 8]), vector(1), vector(MAX), vector(0)]).shape).toEqual([null, 8]);
});

it("leaves open only the axes whose bounds it does not know", () => {
  const unknown = tensor([1], "int64");
  expect(run("Slice", 13, [tensor([4, 8]), vector(0), unknown, vector(1)]).shape).toEqual([4, null]);
  expect(run("Slice", 13, [tensor([4, 8]), vector(0), vector(1), unknown]).shape).toEqual([null, null]);
  expect(run("Slice", 13, [tensor([4, 8]), unknown, unknown]).shape).toEqual([null, 8]);
  expect(run("Slice", 13, [tensor([4, 8]), vector(0), vector(2), vector(1), unknown]).shape).toEqual([4, null]);
});

it("reverses the rows of a matrix, as exporters of paddings do", () => {
  const data = fact("int64", [3, 2], { value: [1, 2, 3, 4, 5, 6] });
  const result = run("Slice", 13, [data, vector(-1), vector(-MAX), vector(0), vector(-1)]);
  expect(result).toMatchObject({ shape: [3, 2], value: [5, 6, 3, 4, 1, 2] });
});

it("touches what it takes and its bounds", () => {
  const result = run("Slice", 13, [tensor([1000]), vector(0), vector(10)]);
  expect(result.cost()).toEqual(moves(40 + 16, 40));
});

it("refuses a step of 0, lists of different lengths, axes twice or outside, and missing attributes", () => {
  const slice = (...inputs: readonly (readonly Dim[])[]): unknown =>
    run("Slice", 13, [tensor([4, 8]), ...inputs.map((values) => vector(...values))]);
  expect(() => slice([0], [1], [0], [0])).toThrow("a step is 0");
  expect(() => slice([0, 0], [1])).toThrow("differ in length");
  expect(() => slice([0, 0], [1, 1], [0, -2])).toThrow("twice");
  expect(() => slice([0], [1], [2])).toThrow("axis 2");
  expect(() => run("Slice", 1, [tensor([4])])).toThrow("missing");
});
