import { describe, expect, it } from "vitest";
import { costOf, infer, int64s, refusal, shapeOf, tensor, valueOf } from "../../test/helper/operator-case.js";

describe("reductions", () => {
  const x = tensor(["N", 8, 7, 7]);

  it("read their axes from an attribute up to opset 17, from an input since 18", () => {
    const axes = { axes: [2, 3], keepdims: 0 };
    expect(shapeOf("ReduceMean", { inputs: [x], attributes: axes, opset: 17 })).toEqual(["N", 8]);
    expect(shapeOf("ReduceMean", { inputs: [x, int64s(-2, -1)], attributes: { keepdims: 0 } })).toEqual(["N", 8]);
    expect(shapeOf("ReduceMean", { inputs: [x, int64s(2, 3)] })).toEqual(["N", 8, 1, 1]);
  });

  it("read them from an input already in opset 13 for ReduceSum alone", () => {
    expect(shapeOf("ReduceSum", { inputs: [x, int64s(1)], opset: 13 })).toEqual(["N", 1, 7, 7]);
    expect(shapeOf("ReduceMax", { inputs: [x], attributes: { axes: [1] }, opset: 13 })).toEqual(["N", 1, 7, 7]);
  });

  it("reduce everything without axes, or nothing when asked to", () => {
    expect(shapeOf("ReduceMax", { inputs: [x] })).toEqual([1, 1, 1, 1]);
    expect(shapeOf("ReduceMax", { inputs: [x], attributes: { keepdims: 0 } })).toEqual([]);
    expect(shapeOf("ReduceMax", { inputs: [x, int64s()] })).toEqual([1, 1, 1, 1]);
    expect(shapeOf("ReduceMax", { inputs: [x, tensor([0], { dtype: "int64" })] })).toEqual([1, 1, 1, 1]);
    expect(shapeOf("ReduceMax", { inputs: [x], attributes: { noop_with_empty_axes: 1 } })).toEqual(["N", 8, 7, 7]);
  });

  it("keep what follows when the axes are not known", () => {
    const axes = tensor([2], { dtype: "int64" });
    expect(shapeOf("ReduceMean", { inputs: [x, axes] })).toEqual([null, null, null, null]);
    expect(shapeOf("ReduceMean", { inputs: [x, axes], attributes: { keepdims: 0 } })).toEqual([null, null]);
    const uncounted = { inputs: [x, tensor(null, { dtype: "int64" })], attributes: { keepdims: 0 } };
    expect(shapeOf("ReduceMean", uncounted)).toBeNull();
  });

  it.each([
    ["ReduceSum", 1, 0],
    ["ReduceProd", 1, 0],
    ["ReduceMax", 1, 0],
    ["ReduceMin", 1, 0],
    ["ReduceMean", 1, 1],
    ["ReduceL1", 2, 0],
    ["ReduceL2", 2, 1],
    ["ReduceSumSquare", 2, 0],
    ["ReduceLogSum", 1, 1],
    ["ReduceLogSumExp", 4, 2],
  ])("%s costs %i FLOPs for each input and %i for each output", (type, perInput, perOutput) => {
    const node = { inputs: [tensor([4, 5, 6]), int64s(2)] };
    expect(costOf(type, node).flops).toBe(perInput * 120 + perOutput * 20);
  });

  it("calculate the number of elements of a known shape", () => {
    const shape = int64s(2, 3, 4);
    expect(valueOf("ReduceProd", { inputs: [shape], attributes: { keepdims: 0 } })).toEqual([24]);
    expect(valueOf("ReduceSum", { inputs: [shape, int64s(0)] })).toEqual([9]);
    expect(valueOf("ReduceMin", { inputs: [shape] })).toEqual([2]);
    expect(valueOf("ReduceProd", { inputs: [int64s("N", 1)] })).toEqual(["N"]);
    expect(valueOf("ReduceMean", { inputs: [shape] })).toBeNull();
  });

  it("refuse axes outside the rank or named twice", () => {
    expect(refusal("ReduceMean", { inputs: [x, int64s(4)] }).code).toBe("invalid-graph");
    expect(refusal("ReduceMean", { inputs: [x, int64s(1, -3)] }).code).toBe("invalid-graph");
  });
});

describe("ArgMax and ArgMin", () => {
  it("return int64 indices, at a comparison for each element", () => {
    const node = { inputs: [tensor([2, 1000])], attributes: { axis: -1, keepdims: 0 } };
    expect(infer("ArgMax", node)[0]).toMatchObject({ dtype: "int64", shape: [2] });
    expect(shapeOf("ArgMin", { inputs: [tensor([2, 1000])] })).toEqual([1, 1000]);
    expect(costOf("ArgMax", node)).toMatchObject({ flops: 2000, bytesWritten: 16 });
    expect(refusal("ArgMax", { inputs: [tensor([])] }).code).toBe("invalid-graph");
  });
});

describe("CumSum and CumProd", () => {
  it("keep the shape", () => {
    for (const [type, opset] of [["CumSum", 14] as const, ["CumProd", 26] as const]) {
      expect(shapeOf(type, { inputs: [tensor([2, "T"]), tensor([], { dtype: "int64", value: [1] })], opset })).toEqual([2, "T"]);
    }
    const outside = [tensor([2, 3]), tensor([], { dtype: "int64", value: [2] })];
    expect(refusal("CumSum", { inputs: outside }).code).toBe("invalid-graph");
  });
});
