import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("Conv", () => {
  it("counts the first layer of ResNet-50 as published: 118,013,952 MACs", () => {
    const conv1 = {
      inputs: [tensor([1, 3, 224, 224]), tensor([64, 3, 7, 7])],
      attributes: { kernel_shape: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3] },
    };
    expect(shapeOf("Conv", conv1)).toEqual([1, 64, 112, 112]);
    expect(costOf("Conv", conv1)).toEqual({
      macs: 118_013_952,
      flops: 236_027_904,
      bytesRead: 4 * (3 * 224 * 224 + 64 * 3 * 7 * 7),
      bytesWritten: 4 * 64 * 112 * 112,
    });
  });

  it("gives a depthwise convolution one input channel for each output (MobileNetV2's first: 3.6 M MACs)", () => {
    const depthwise = {
      inputs: [tensor([1, 32, 112, 112]), tensor([32, 1, 3, 3])],
      attributes: { group: 32, pads: [1, 1, 1, 1] },
    };
    expect(costOf("Conv", depthwise).macs).toBe(32 * 112 * 112 * 9);
  });

  it("divides the MACs of a grouped convolution by the number of groups (ResNeXt-50 32x4d)", () => {
    const x = tensor([1, 128, 56, 56]);
    const pads = [1, 1, 1, 1];
    const dense = costOf("Conv", { inputs: [x, tensor([128, 128, 3, 3])], attributes: { pads } });
    const grouped = costOf("Conv", { inputs: [x, tensor([128, 4, 3, 3])], attributes: { pads, group: 32 } });
    expect(grouped.macs).toBe(14_450_688);
    expect(dense.macs).toBe(32 * grouped.macs);
  });

  it("adds one FLOP for each output element where there is a bias", () => {
    const x = tensor([2, 8, 10, 10]);
    const weights = tensor([16, 8, 1, 1]);
    const without = costOf("Conv", { inputs: [x, weights] });
    const withBias = costOf("Conv", { inputs: [x, weights, tensor([16])] });
    expect(withBias.macs).toBe(without.macs);
    expect(withBias.flops - without.flops).toBe(2 * 16 * 10 * 10);
  });

  it("counts bytes as wide as the element type", () => {
    const half = { dtype: "float16" } as const;
    const { bytesRead, bytesWritten } = costOf("Conv", { inputs: [tensor([1, 4, 8, 8], half), tensor([4, 4, 1, 1], half)] });
    expect({ bytesRead, bytesWritten }).toEqual({ bytesRead: 2 * (256 + 16), bytesWritten: 2 * 256 });
  });

  it("costs nothing for an empty batch", () => {
    expect(costOf("Conv", { inputs: [tensor([0, 3, 8, 8]), tensor([4, 3, 3, 3])] }).macs).toBe(0);
  });

  // Frozen from ONNX Runtime 1.32.
  it.each([
    { x: [1, 2, 7, 12], w: [1, 2, 2, 2], attributes: { auto_pad: "VALID" }, y: [1, 1, 6, 11] },
    { x: [2, 2, 2, 4], w: [2, 2, 3, 3], attributes: { auto_pad: "SAME_LOWER" }, y: [2, 2, 2, 4] },
    { x: [2, 2, 7, 2], w: [1, 2, 4, 2], attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] }, y: [2, 1, 4, 1] },
    { x: [1, 2, 11, 3], w: [4, 1, 1, 1], attributes: { auto_pad: "SAME_UPPER", group: 2, strides: [1, 3] }, y: [1, 4, 11, 1] },
    { x: [1, 1, 10, 1], w: [1, 1, 4, 2], attributes: { dilations: [1, 3], pads: [0, 0, 2, 3] }, y: [1, 1, 9, 1] },
    { x: [1, 1, 2, 5], w: [2, 1, 1, 2], attributes: { dilations: [3, 3], pads: [3, 2, 1, 0], strides: [1, 2] }, y: [1, 2, 6, 2] },
    { x: [1, 4, 1, 8], w: [2, 2, 1, 4], attributes: { dilations: [2, 2], group: 2, pads: [3, 2, 2, 3], strides: [2, 3] }, y: [1, 2, 3, 3] },
    { x: [2, 1, 9, 11, 2], w: [1, 1, 1, 3, 2], attributes: { pads: [0, 0, 0, 0, 2, 3], strides: [3, 2, 1] }, y: [2, 1, 3, 6, 4] },
    { x: [1, 1, 9], w: [1, 1, 3], attributes: { strides: [2] }, y: [1, 1, 4] },
    { x: [1, 1, 0], w: [1, 1, 2], attributes: { pads: [1, 1] }, y: [1, 1, 1] },
  ])("shapes $x by $w with $attributes as ONNX Runtime does: $y", ({ x, w, attributes, y }) => {
    expect(shapeOf("Conv", { inputs: [tensor(x), tensor(w)], attributes })).toEqual(y);
  });

  it("keeps a symbol where the extent does not change, and leaves it unknown elsewhere", () => {
    const inputs = [tensor(["N", 3, "H", 224]), tensor([8, 3, 3, 3])];
    expect(shapeOf("Conv", { inputs, attributes: { pads: [1, 1, 1, 1] } })).toEqual(["N", 8, "H", 224]);
    expect(shapeOf("Conv", { inputs, attributes: { auto_pad: "SAME_UPPER" } })).toEqual(["N", 8, "H", 224]);
    expect(shapeOf("Conv", { inputs, attributes: { strides: [2, 2] } })).toEqual(["N", 8, null, 111]);
  });

  it("knows what the weights alone tell", () => {
    expect(shapeOf("Conv", { inputs: [tensor(null), tensor([8, 3, 3, 3])] })).toEqual([null, 8, null, null]);
    expect(shapeOf("Conv", { inputs: [tensor([1, 3, 9, 9]), tensor(null)] })).toEqual([1, null, null, null]);
    const byAttribute = { inputs: [tensor([1, 3, 9, 9]), tensor(null)], attributes: { kernel_shape: [3, 3] } };
    expect(shapeOf("Conv", byAttribute)).toEqual([1, null, 7, 7]);
    expect(shapeOf("Conv", { inputs: [tensor(null), tensor(null)] })).toBeNull();
  });

  it("takes an empty list for the default, and pads beside an auto_pad for nothing", () => {
    const inputs = [tensor([1, 1, 9, 9]), tensor([1, 1, 3, 3])];
    expect(shapeOf("Conv", { inputs, attributes: { strides: [], pads: [], dilations: [] } })).toEqual([1, 1, 7, 7]);
    expect(shapeOf("Conv", { inputs, attributes: { auto_pad: "VALID", pads: [5, 5, 5, 5] } })).toEqual([1, 1, 7, 7]);
  });

  it.each([
    ["group", { group: 0 }],
    ["group", { group: -1 }],
    ["strides", { strides: [0, 1] }],
    ["strides", { strides: [1, -2] }],
    ["dilations", { dilations: [1, 0] }],
    ["kernel_shape", { kernel_shape: [0, 3] }],
    ["pads", { pads: [0, 0, -1, 0] }],
    ["auto_pad", { auto_pad: "SAME" }],
    ["auto_pad", { auto_pad: "__proto__" }],
    ["group", { group: "2" }],
  ])("calls a wrong %s malformed: %o", (field, attributes) => {
    const node = { inputs: [tensor([1, 3, 8, 8]), tensor([3, 3, 3, 3])], attributes };
    expect(refusal("Conv", node)).toEqual({ code: "malformed", node: "", opType: "Conv", field });
  });

  it.each([
    ["a kernel larger than the padded input", [1, 3, 8, 8], [3, 3, 11, 3], { pads: [1, 1, 1, 1] }],
    ["a dilated kernel larger than the input", [1, 3, 8, 8], [3, 3, 3, 3], { dilations: [4, 4] }],
    ["channels that the groups do not divide", [1, 3, 8, 8], [4, 1, 3, 3], { group: 2 }],
    ["output channels that the groups do not divide", [1, 4, 8, 8], [3, 2, 3, 3], { group: 2 }],
    ["weights for other channels", [1, 3, 8, 8], [4, 4, 3, 3], {}],
    ["weights of another rank", [1, 3, 8, 8], [4, 3, 3], {}],
    ["an input without spatial axes", [1, 3], [4, 3], {}],
    ["an empty kernel", [1, 3, 8, 8], [4, 3, 0, 3], {}],
    ["a kernel_shape other than the weights'", [1, 3, 8, 8], [4, 3, 3, 3], { kernel_shape: [5, 5] }],
    ["strides for another rank", [1, 3, 8, 8], [4, 3, 3, 3], { strides: [1] }],
    ["pads for another rank", [1, 3, 8, 8], [4, 3, 3, 3], { pads: [1, 1] }],
  ])("refuses %s", (_, x, w, attributes) => {
    expect(refusal("Conv", { inputs: [tensor(x), tensor(w)], attributes }).code).toBe("invalid-graph");
  });

  it("refuses a bias that is not one number for each output channel", () => {
    const inputs = [tensor([1, 3, 8, 8]), tensor([4, 3, 3, 3]), tensor([3])];
    expect(refusal("Conv", { inputs })).toMatchObject({ code: "invalid-graph", field: "B" });
    expect(refusal("Conv", { inputs: inputs.slice(0, 1) })).toMatchObject({ code: "invalid-graph", field: "W" });
  });

  it("refuses sizes past the safe integers instead of counting them wrongly", () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const weights = tensor([1, 1, 3]);
    const x = tensor([1, 1, 8]);
    expect(refusal("Conv", { inputs: [x, weights], attributes: { pads: [huge, huge] } }).code).toBe("limit-exceeded");
    expect(refusal("Conv", { inputs: [x, weights], attributes: { dilations: [huge] } }).code).toBe("limit-exceeded");
    const overflowing = [tensor([1, 2 ** 20, 2 ** 20]), tensor([2 ** 20, 2 ** 20, 1])];
    expect(refusal("Conv", { inputs: overflowing }).code).toBe("limit-exceeded");
  });

  it("takes the element type from the input", () => {
    const inputs = [tensor([1, 1, 3, 3], { dtype: "bfloat16" }), tensor([1, 1, 1, 1], { dtype: "bfloat16" })];
    expect(infer("Conv", { inputs })[0]?.dtype).toBe("bfloat16");
  });
});

describe("ConvTranspose", () => {
  it("doubles DCGAN's feature map; each input element pays for a kernel's worth of outputs", () => {
    const layer = {
      inputs: [tensor([1, 512, 4, 4]), tensor([512, 256, 4, 4])],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
    };
    expect(shapeOf("ConvTranspose", layer)).toEqual([1, 256, 8, 8]);
    expect(costOf("ConvTranspose", layer).macs).toBe(512 * 4 * 4 * 256 * 4 * 4);
  });

  it("divides by the groups, and adds a bias once to each output", () => {
    const cost = costOf("ConvTranspose", {
      inputs: [tensor([1, 8, 5, 5]), tensor([8, 1, 3, 3]), tensor([8])],
      attributes: { group: 8 },
    });
    expect(cost.macs).toBe(8 * 25 * 9);
    expect(cost.flops).toBe(2 * cost.macs + 8 * 7 * 7);
  });

  // Frozen from ONNX Runtime 1.32.
  it.each([
    { x: [1, 2, 9, 10], w: [2, 2, 1, 1], attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] }, y: [1, 2, 17, 19] },
    { x: [2, 1, 4, 8], w: [1, 1, 2, 4], attributes: { auto_pad: "SAME_LOWER", strides: [1, 3] }, y: [2, 1, 4, 24] },
    { x: [1, 4, 9, 6], w: [4, 1, 1, 2], attributes: { auto_pad: "VALID", group: 2, strides: [1, 3] }, y: [1, 2, 9, 17] },
    { x: [2, 3, 3, 4], w: [3, 1, 1, 2], attributes: { dilations: [1, 2], group: 3, pads: [1, 2, 2, 0], strides: [3, 1] }, y: [2, 3, 4, 4] },
    { x: [1, 6, 3, 1], w: [6, 2, 3, 1], attributes: { auto_pad: "SAME_LOWER", group: 3, output_padding: [1, 1], strides: [2, 3] }, y: [1, 6, 6, 2] },
    { x: [2, 2, 1, 7, 9], w: [2, 1, 4, 2, 2], attributes: { dilations: [3, 2, 3], output_padding: [0, 1, 1], pads: [1, 0, 0, 2, 0, 3], strides: [1, 2, 2] }, y: [2, 1, 7, 16, 18] },
    { x: [1, 1, 5], w: [1, 1, 5], attributes: { strides: [3], output_shape: [14] }, y: [1, 1, 14] },
    { x: [1, 1, 5], w: [1, 1, 2], attributes: { auto_pad: "SAME_UPPER", strides: [3] }, y: [1, 1, 14] },
    { x: [1, 1, 5], w: [1, 1, 5], attributes: { auto_pad: "SAME_UPPER", strides: [3], output_padding: [1] }, y: [1, 1, 15] },
  ])("shapes $x by $w with $attributes as ONNX Runtime does: $y", ({ x, w, attributes, y }) => {
    expect(shapeOf("ConvTranspose", { inputs: [tensor(x), tensor(w)], attributes })).toEqual(y);
  });

  it("keeps a symbol where the extent does not change", () => {
    const inputs = [tensor(["N", 2, "H", 4]), tensor([2, 3, 3, 3])];
    expect(shapeOf("ConvTranspose", { inputs, attributes: { pads: [1, 1, 1, 1] } })).toEqual(["N", 3, "H", 4]);
    expect(shapeOf("ConvTranspose", { inputs, attributes: { strides: [2, 2] } })).toEqual(["N", 3, null, 9]);
  });

  it.each([
    ["malformed", { output_padding: [2, 2], strides: [2, 2] }],
    ["malformed", { output_padding: [-1, 0] }],
    ["malformed", { output_shape: [0, 4] }],
    ["invalid-graph", { output_shape: [1, 2, 4, 4] }],
    ["invalid-graph", { pads: [5, 5, 5, 5] }],
    ["invalid-graph", { group: 3 }],
  ])("refuses as %s: %o", (code, attributes) => {
    const inputs = [tensor([1, 2, 4, 4]), tensor([2, 2, 3, 3])];
    expect(refusal("ConvTranspose", { inputs, attributes }).code).toBe(code);
  });

  it("refuses weights for other input channels", () => {
    expect(refusal("ConvTranspose", { inputs: [tensor([1, 3, 4, 4]), tensor([2, 2, 3, 3])] }).code).toBe("invalid-graph");
  });
});
