import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor, valueOf } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const x = tensor([2, 3, 8]);
const vector = tensor([8]);

describe("Gelu and its kin", () => {
  it.each([
    ["Gelu", [x], 5],
    ["BiasGelu", [x, vector], 6],
    ["FastGelu", [x], 13],
    ["FastGelu", [x, vector], 14],
    ["QuickGelu", [x], 6],
  ])("%s costs what its formula says", (type, inputs, flops) => {
    expect(shapeOf(type, { domain, inputs })).toEqual([2, 3, 8]);
    expect(costOf(type, { domain, inputs }).flops).toBe(48 * flops);
  });

  it("multiplies one half by the Gelu of the other", () => {
    expect(shapeOf("BiasSplitGelu", { domain, inputs: [x, vector] })).toEqual([2, 3, 4]);
    expect(costOf("BiasSplitGelu", { domain, inputs: [x, vector] }).flops).toBe(48 + 24 * 6);
    expect(refusal("BiasSplitGelu", { domain, inputs: [tensor([2, 3, 7]), tensor([7])] }).code).toBe("invalid-graph");
    expect(refusal("BiasSplitGelu", { domain, inputs: [tensor([3, 8]), vector] }).code).toBe("invalid-graph");
  });
});

describe("fusions that begin with a bias", () => {
  it("count each addition", () => {
    expect(costOf("BiasAdd", { domain, inputs: [x, vector, x] }).flops).toBe(48 * 2);
    expect(costOf("BiasSoftmax", { domain, inputs: [x, vector], attributes: { axis: 2 } }).flops).toBe(48 * 6);
    expect(costOf("BiasDropout", { domain, inputs: [x, vector] }).flops).toBe(48);
    const ratio = tensor([]);
    const training = tensor([], { dtype: "bool", value: [1] });
    expect(costOf("BiasDropout", { domain, inputs: [x, vector, x, ratio, training], outputs: 2 })).toMatchObject({
      flops: 48 * 4,
      bytesWritten: 5 * 48,
    });
    expect(refusal("BiasAdd", { domain, inputs: [x, tensor([7]), x] }).field).toBe("bias");
  });
});

describe("matrices", () => {
  it("are inverted in 2 n³", () => {
    expect(costOf("Inverse", { domain, inputs: [tensor([5, 4, 4])] }).flops).toBe(5 * 2 * 64);
    expect(refusal("Inverse", { domain, inputs: [tensor([4, 5])] }).code).toBe("invalid-graph");
  });

  it("have distances between their rows", () => {
    const inputs = [tensor([3, 4]), tensor([5, 4])];
    expect(costOf("CDist", { domain, inputs }).flops).toBe(3 * 60);
    expect(costOf("CDist", { domain, inputs, attributes: { metric: "euclidean" } }).flops).toBe(3 * 60 + 15);
    expect(refusal("CDist", { domain, inputs, attributes: { metric: "cosine" } }).code).toBe("malformed");
  });

  it("are cut to triangles by copying", () => {
    expect(costOf("Trilu", { domain, inputs: [tensor([4, 4])] })).toEqual({
      macs: 0,
      flops: 0,
      bytesRead: 64,
      bytesWritten: 64,
    });
  });

  it("are looked up at the points of a grid", () => {
    const inputs = [tensor([1, 3, 8, 8]), tensor([1, 5, 6, 2])];
    expect(costOf("GridSample", { domain, inputs }).flops).toBe(90 * 8);
    expect(costOf("GridSample", { domain, inputs, attributes: { mode: "bicubic" } }).flops).toBe(90 * 32);
    expect(refusal("GridSample", { domain, inputs, attributes: { mode: "cubic" } }).code).toBe("malformed");
  });
});

describe("operators that ai.onnx took up later", () => {
  const scalar = (value: number) => tensor([], { dtype: "int64", value: [value] });

  it("follow its rules", () => {
    expect(valueOf("Range", { domain, inputs: [scalar(2), scalar(5)] })).toEqual([2, 3, 4]);
    expect(valueOf("Range", { domain, inputs: [scalar(5), scalar(1), scalar(-2)] })).toEqual([5, 3]);
    expect(shapeOf("Pad", { domain, inputs: [tensor([2, 3]), int64s(0, 1, 0, 2)] })).toEqual([2, 6]);
    expect(shapeOf("ExpandDims", { domain, inputs: [tensor([2, 3]), scalar(1)] })).toEqual([2, 1, 3]);
    const anywhere = tensor([], { dtype: "int32" });
    expect(shapeOf("ExpandDims", { domain, inputs: [tensor([2, 3]), anywhere] })).toBeNull();
  });

  it("leave what depends on the data unknown", () => {
    expect(shapeOf("Unique", { domain, inputs: [tensor([5])] })).toEqual([null]);
  });
});
