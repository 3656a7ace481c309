import { expect, it } from "vitest";
import { tensorOf } from "../../test/helper/onnx.js";
import { moves, run } from "../../test/helper/operators.js";

it("gives the tensor that it holds, constant and free", () => {
  const result = run("Constant", 13, [], { value: { kind: "tensor", value: tensorOf("", [2], [3, 4]) } });
  expect(result.outputs).toEqual([{ dtype: "int64", shape: [2], value: [3, 4], constant: true }]);
  expect(result.cost()).toEqual(moves(0, 0));
});

it("knows the scalar and list forms of opset 12", () => {
  expect(run("Constant", 12, [], { value_int: 7 })).toMatchObject({ dtype: "int64", shape: [], value: [7] });
  expect(run("Constant", 12, [], { value_ints: [1, 2] })).toMatchObject({ dtype: "int64", shape: [2], value: [1, 2] });
  const floats = { kind: "floats", value: [0.5] } as const;
  expect(run("Constant", 12, [], { value_floats: floats })).toMatchObject({ dtype: "float32", shape: [1] });
});

it("keeps the shape of a tensor whose elements were skipped", () => {
  const result = run("Constant", 13, [], { value: { kind: "tensor", value: tensorOf("", [64, 3, 7, 7]) } });
  expect(result).toMatchObject({ shape: [64, 3, 7, 7], value: null });
});

it("refuses none or two values, negative dimensions, and elements that do not fill the shape", () => {
  expect(() => run("Constant", 13, [])).toThrow("exactly one value");
  expect(() => run("Constant", 13, [], { value_int: 1, value_ints: [1] })).toThrow("exactly one value");
  const bad = (dims: number[], values: number[] | null): unknown =>
    run("Constant", 13, [], { value: { kind: "tensor", value: tensorOf("", dims, values) } });
  expect(() => bad([-1], null)).toThrow("dimension of -1");
  expect(() => bad([2], [1])).toThrow("asks for 2");
  expect(() => bad([2 ** 40, 2 ** 40], null)).toThrow("beyond what can be counted");
});
