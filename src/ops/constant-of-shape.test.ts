import { expect, it } from "vitest";
import { tensorOf } from "../../test/helper/onnx.js";
import { moves, run, tensor, vector } from "../../test/helper/operators.js";

it("fills a small shape with its value", () => {
  const value = { kind: "tensor", value: tensorOf("", [1], [5]) } as const;
  expect(run("ConstantOfShape", 9, [vector(2, 2)], { value })).toMatchObject({
    dtype: "int64",
    shape: [2, 2],
    value: [5, 5, 5, 5],
  });
});

it("is float32 zeros by default, and writes them when the model runs", () => {
  const result = run("ConstantOfShape", 9, [vector(3)]);
  expect(result).toMatchObject({ dtype: "float32", value: [0, 0, 0] });
  expect(result.cost()).toEqual(moves(0, 12));
});

it("declares terabytes without allocating them", () => {
  const result = run("ConstantOfShape", 9, [vector(1e6, 1e6)]);
  expect(result).toMatchObject({ shape: [1e6, 1e6], value: null });
  expect(result.cost()).toEqual(moves(0, 4e12));
});

it("knows the rank from the length of a shape that it does not know", () => {
  expect(run("ConstantOfShape", 9, [tensor([2], "int64")]).shape).toEqual([null, null]);
  expect(run("ConstantOfShape", 9, [tensor([null], "int64")]).shape).toBeNull();
  expect(() => run("ConstantOfShape", 9, [tensor([1e9], "int64")])).toThrow("rank 1000000000");
});

it("refuses negative dimensions and a value of several elements", () => {
  expect(() => run("ConstantOfShape", 9, [vector(-1)])).toThrow("-1 is no dimension");
  const value = { kind: "tensor", value: tensorOf("", [2], [5, 5]) } as const;
  expect(() => run("ConstantOfShape", 9, [vector(2)], { value })).toThrow("one element");
});
