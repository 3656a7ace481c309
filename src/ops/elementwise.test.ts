import { describe, expect, it } from "vitest";
import type { DataType } from "../onnx/dtype.js";
import type { Dim } from "../onnx/types.js";
import { costOf, infer, int64s, refusal, shapeOf, tensor, valueOf } from "../../test/helper/operator-case.js";

function known(dtype: DataType, ...value: readonly Dim[]) {
  return tensor([value.length], { dtype, value });
}

describe("binary operators", () => {
  it("broadcast as NumPy does, at one FLOP for each element of the output", () => {
    const node = { inputs: [tensor([8, 1, 4]), tensor([3, 1])] };
    expect(shapeOf("Add", node)).toEqual([8, 3, 4]);
    expect(costOf("Add", node)).toEqual({ macs: 0, flops: 96, bytesRead: 4 * 35, bytesWritten: 4 * 96 });
    expect(refusal("Mul", { inputs: [tensor([2, 3]), tensor([2])] }).code).toBe("invalid-graph");
  });

  it("keep the operands' type, comparisons and logic aside", () => {
    const inputs = [tensor([2], { dtype: "float16" }), tensor([2], { dtype: "float16" })];
    expect(infer("Div", { inputs })[0]?.dtype).toBe("float16");
    expect(infer("Less", { inputs })[0]?.dtype).toBe("bool");
    expect(infer("GreaterOrEqual", { inputs })[0]?.dtype).toBe("bool");
  });

  it("stretch B alone, along an axis when it is named, before opset 7", () => {
    const legacy = (b: readonly number[], attributes: Record<string, number>) =>
      shapeOf("Add", { inputs: [tensor([2, 3, 4, 5]), tensor(b)], attributes, opset: 6 });
    expect(legacy([3], { broadcast: 1, axis: 1 })).toEqual([2, 3, 4, 5]);
    expect(legacy([3, 4], { broadcast: 1, axis: 1 })).toEqual([2, 3, 4, 5]);
    expect(legacy([4, 5], { broadcast: 1 })).toEqual([2, 3, 4, 5]);
    expect(legacy([2, 3, 4, 5], {})).toEqual([2, 3, 4, 5]);
    const wrong = { inputs: [tensor([2, 3, 4, 5]), tensor([3])], attributes: { broadcast: 1 }, opset: 6 };
    expect(refusal("Add", wrong)).toMatchObject({ code: "invalid-graph", field: "B" });
  });

  it("want a direction to shift in", () => {
    const inputs = [tensor([2], { dtype: "uint8" }), tensor([2], { dtype: "uint8" })];
    expect(shapeOf("BitShift", { inputs, attributes: { direction: "LEFT" } })).toEqual([2]);
    expect(refusal("BitShift", { inputs })).toMatchObject({ code: "malformed", field: "direction" });
  });
});

describe("values of binary operators", () => {
  it.each([
    ["Add", [7, -7], [2, 2], [9, -5]],
    ["Sub", [7, -7], [2, 2], [5, -9]],
    ["Mul", [7, -7], [2, 2], [14, -14]],
    ["Pow", [7, -2], [2, 3], [49, -8]],
    ["Less", [1, 2], [2, 2], [1, 0]],
    ["LessOrEqual", [1, 2], [2, 2], [1, 1]],
    ["Greater", [3, 2], [2, 2], [1, 0]],
    ["GreaterOrEqual", [3, 1], [2, 2], [1, 0]],
    ["Min", [7, -7], [2, 2], [2, -7]],
    ["Max", [7, -7], [2, 2], [7, 2]],
  ])("%s of %o and %o", (type, a, b, result) => {
    expect(valueOf(type, { inputs: [int64s(...a), int64s(...b)] })).toEqual(result);
  });

  it("divide integers toward zero, floats exactly", () => {
    expect(valueOf("Div", { inputs: [int64s(7, -7, 1), int64s(2, 2, -2)] })).toEqual([3, -3, 0]);
    expect(valueOf("Div", { inputs: [known("float32", 7), known("float32", 2)] })).toEqual([3.5]);
    expect(valueOf("Div", { inputs: [known("float32", 1), known("float32", 3)] })).toEqual([Math.fround(1 / 3)]);
  });

  it("take the modulus with the divisor's sign, or with the dividend's when fmod is set", () => {
    const inputs = [int64s(7, -7, 7), int64s(3, 3, -3)];
    expect(valueOf("Mod", { inputs })).toEqual([1, 2, -2]);
    expect(valueOf("Mod", { inputs, attributes: { fmod: 1 } })).toEqual([1, -1, 1]);
  });

  it("combine truth values", () => {
    const inputs = [known("bool", 0, 0, 1, 1), known("bool", 0, 1, 0, 1)];
    expect(valueOf("And", { inputs })).toEqual([0, 0, 0, 1]);
    expect(valueOf("Or", { inputs })).toEqual([0, 1, 1, 1]);
    expect(valueOf("Xor", { inputs })).toEqual([0, 1, 1, 0]);
  });

  it("stretch a scalar", () => {
    const two = tensor([], { dtype: "int64", value: [2] });
    expect(valueOf("Mul", { inputs: [int64s(3, 4), two] })).toEqual([6, 8]);
  });

  it("carry a symbol through what does not change it", () => {
    const one = int64s(1);
    const zero = int64s(0);
    const n = int64s("N");
    expect(valueOf("Mul", { inputs: [n, one] })).toEqual(["N"]);
    expect(valueOf("Mul", { inputs: [zero, n] })).toEqual([0]);
    expect(valueOf("Div", { inputs: [n, one] })).toEqual(["N"]);
    expect(valueOf("Add", { inputs: [zero, n] })).toEqual(["N"]);
    expect(valueOf("Sub", { inputs: [n, n] })).toEqual([0]);
    expect(valueOf("Max", { inputs: [n, n] })).toEqual(["N"]);
    expect(valueOf("Add", { inputs: [n, one] })).toEqual([null]);
  });

  it("say nothing of a division by zero, an overflow, or a saturated number", () => {
    expect(valueOf("Div", { inputs: [int64s(1), int64s(0)] })).toEqual([null]);
    expect(valueOf("Mod", { inputs: [int64s(1), int64s(0)] })).toEqual([null]);
    expect(valueOf("Mul", { inputs: [int64s(2 ** 40), int64s(2 ** 40)] })).toEqual([null]);
    expect(valueOf("Mul", { inputs: [known("int32", 2 ** 20), known("int32", 2 ** 20)] })).toEqual([null]);
    expect(valueOf("Sub", { inputs: [known("uint8", 1), known("uint8", 2)] })).toEqual([null]);
    const end = Number.MAX_SAFE_INTEGER;
    expect(valueOf("Sub", { inputs: [int64s(end), int64s(1)] })).toEqual([null]);
    expect(valueOf("Min", { inputs: [int64s(end), int64s(9)] })).toEqual([9]);
  });

  it("are not followed where broadcasting would make many", () => {
    const column = tensor([100, 1], { dtype: "int64", value: new Array<Dim>(100).fill(1) });
    const row = tensor([1, 100], { dtype: "int64", value: new Array<Dim>(100).fill(1) });
    expect(infer("Add", { inputs: [column, row] })[0]).toMatchObject({ shape: [100, 100], value: null });
  });
});

describe("variadic operators", () => {
  const inputs = [tensor([4, 1]), tensor([1, 5]), tensor([5])];

  it("broadcast all their inputs", () => {
    for (const type of ["Sum", "Mean", "Min", "Max"]) expect(shapeOf(type, { inputs })).toEqual([4, 5]);
  });

  it("cost one FLOP less than inputs for each element, Mean one more for the division", () => {
    expect(costOf("Sum", { inputs }).flops).toBe(40);
    expect(costOf("Max", { inputs }).flops).toBe(40);
    expect(costOf("Mean", { inputs }).flops).toBe(60);
    expect(costOf("Sum", { inputs: [tensor([4])] }).flops).toBe(0);
  });

  it("refuse a node without inputs, and survive one with very many", () => {
    expect(refusal("Sum", { inputs: [] }).code).toBe("invalid-graph");
    const many = new Array<ReturnType<typeof int64s>>(200_000).fill(int64s(1, 2));
    expect(infer("Sum", { inputs: many })[0]).toMatchObject({ shape: [2], value: null });
  });
});
