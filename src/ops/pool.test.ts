import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("MaxPool", () => {
  const stem = {
    inputs: [tensor([1, 64, 112, 112])],
    attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  };

  it("halves ResNet's stem, at nine comparisons for each output", () => {
    expect(shapeOf("MaxPool", stem)).toEqual([1, 64, 56, 56]);
    expect(costOf("MaxPool", stem)).toEqual({
      macs: 0,
      flops: 9 * 64 * 56 * 56,
      bytesRead: 4 * 64 * 112 * 112,
      bytesWritten: 4 * 64 * 56 * 56,
    });
  });

  it("returns where the maxima were, as int64, when the node asks", () => {
    expect(infer("MaxPool", { ...stem, outputs: 2 }).map(({ dtype, shape }) => ({ dtype, shape }))).toEqual([
      { dtype: "float32", shape: [1, 64, 56, 56] },
      { dtype: "int64", shape: [1, 64, 56, 56] },
    ]);
    expect(costOf("MaxPool", { ...stem, outputs: 2 }).bytesWritten).toBe((4 + 8) * 64 * 56 * 56);
  });
});

describe("output extents of pools", () => {
  // Frozen from ONNX Runtime 1.32.
  it.each([
    ["rounds up in ceil mode", 7, { kernel_shape: [3], strides: [4], ceil_mode: 1 }, 2],
    ["rounds down without", 8, { kernel_shape: [3], strides: [4] }, 2],
    ["drops a window that would start behind the input", 4, { kernel_shape: [1], strides: [2], ceil_mode: 1 }, 2],
    ["drops one that would start in the padding", 2, { kernel_shape: [3], strides: [2], pads: [1, 1], ceil_mode: 1 }, 2],
    ["drops one behind wide pads", 8, { kernel_shape: [3], strides: [3], pads: [1, 1], ceil_mode: 1 }, 3],
    ["keeps SqueezeNet's overhanging window", 111, { kernel_shape: [3], strides: [2], ceil_mode: 1 }, 55],
    ["keeps GoogLeNet's overhanging window", 112, { kernel_shape: [3], strides: [2], ceil_mode: 1 }, 56],
    ["lets VALID overhang in ceil mode", 5, { kernel_shape: [2], strides: [2], auto_pad: "VALID", ceil_mode: 1 }, 3],
    ["cuts VALID without", 5, { kernel_shape: [2], strides: [2], auto_pad: "VALID" }, 2],
    ["covers everything with SAME_UPPER", 9, { kernel_shape: [4], strides: [4], auto_pad: "SAME_UPPER" }, 3],
    ["covers everything with SAME_LOWER", 10, { kernel_shape: [3], strides: [4], auto_pad: "SAME_LOWER" }, 3],
    ["spreads a dilated window", 12, { kernel_shape: [3], strides: [3], dilations: [3] }, 2],
    ["pads unevenly", 7, { kernel_shape: [4], strides: [2], pads: [1, 3], ceil_mode: 1 }, 4],
    ["fits a window larger than the input when ceil mode rounds up to one", 5, { kernel_shape: [6], strides: [3], ceil_mode: 1 }, 1],
  ])("%s", (_, extent, attributes, expected) => {
    for (const type of ["MaxPool", "AveragePool", "LpPool"]) {
      expect(shapeOf(type, { inputs: [tensor([1, 2, extent])], attributes })).toEqual([1, 2, expected]);
    }
  });

  it("handles one, two and three spatial axes", () => {
    const attributes = { kernel_shape: [2, 3, 1], strides: [2, 3, 1] };
    expect(shapeOf("MaxPool", { inputs: [tensor([1, 2, 8, 9, 5])], attributes })).toEqual([1, 2, 4, 3, 5]);
  });

  it("keeps symbols that a window does not change", () => {
    const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
    expect(shapeOf("AveragePool", { inputs: [tensor(["N", "C", "H", 8])], attributes })).toEqual(["N", "C", "H", 8]);
    expect(shapeOf("AveragePool", { inputs: [tensor(null)], attributes })).toEqual([null, null, null, null]);
  });

  it.each([
    ["malformed", {}],
    ["malformed", { kernel_shape: [0, 2] }],
    ["malformed", { kernel_shape: [2, 2], strides: [0, 1] }],
    ["malformed", { kernel_shape: [2, 2], dilations: [-1, 1] }],
    ["invalid-graph", { kernel_shape: [9, 9] }],
    ["invalid-graph", { kernel_shape: [2] }],
    ["invalid-graph", { kernel_shape: [2, 2], strides: [1] }],
  ])("refuses as %s: %o", (code, attributes) => {
    expect(refusal("MaxPool", { inputs: [tensor([1, 2, 8, 8])], attributes }).code).toBe(code);
  });
});

describe("AveragePool and LpPool", () => {
  const inputs = [tensor([1, 4, 8, 8])];
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };

  it("average: an addition for each element of the window and a division", () => {
    expect(costOf("AveragePool", { inputs, attributes }).flops).toBe(4 * 4 * 4 * (4 + 1));
    const padded = { inputs, attributes: { ...attributes, count_include_pad: 1 } };
    expect(costOf("AveragePool", padded).flops).toBe(4 * 4 * 4 * (4 + 1));
  });

  it("norm: a power and an addition for each element of the window and a root", () => {
    expect(costOf("LpPool", { inputs, attributes: { ...attributes, p: 3 } }).flops).toBe(4 * 4 * 4 * (8 + 1));
  });
});
