import { describe, expect, it } from "vitest";
import { costOf, float, float32s, floats, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const EMPTY = float32s();

describe("Resize", () => {
  // Frozen from ONNX Runtime 1.32.
  it.each([
    { opset: 10, x: [1, 2, 20, 8], scales: [1, 1, 0.6314700245857239, 2.226868152618408], y: [1, 2, 12, 17] },
    { opset: 11, x: [1, 2, 3, 16], scales: [1, 1, 0.5, 3.6587517261505127], y: [1, 2, 1, 58] },
    { opset: 13, x: [1, 1, 3, 6], scales: [1, 1, 18, 2.20719051361084], y: [1, 1, 54, 13] },
    { opset: 19, x: [1, 2, 13, 18], scales: [1, 1, 1 / 3, 1.5192452669143677], y: [1, 2, 4, 27] },
  ])("scales $x by $scales as ONNX Runtime does in opset $opset: $y", ({ opset, x, scales, y }) => {
    const inputs = opset === 10 ? [tensor(x), float32s(...scales)] : [tensor(x), EMPTY, float32s(...scales)];
    expect(shapeOf("Resize", { inputs, opset })).toEqual(y);
  });

  it("takes sizes where scales are left out or empty", () => {
    const x = tensor(["N", 3, 18, 10]);
    expect(shapeOf("Resize", { inputs: [x, EMPTY, EMPTY, int64s("N", 3, 26, 26)] })).toEqual(["N", 3, 26, 26]);
    expect(shapeOf("Resize", { inputs: [x, null, null, int64s("N", 3, 9, 12)] })).toEqual(["N", 3, 9, 12]);
    expect(shapeOf("Resize", { inputs: [x, null, null, tensor([4], { dtype: "int64" })] })).toEqual([null, null, null, null]);
  });

  it("keeps a symbol under a scale of 1 only", () => {
    const x = tensor(["N", 3, "H", 8]);
    expect(shapeOf("Resize", { inputs: [x, null, float32s(1, 1, 2, 2)] })).toEqual(["N", 3, null, 16]);
  });

  it.each([
    ["stretch", [7, 17]],
    ["not_larger", [7, 4]],
    ["not_smaller", [34, 17]],
  ])("keeps the aspect ratio of the named axes: %s", (keep_aspect_ratio_policy, [height, width]) => {
    const inputs = [tensor([1, 1, 20, 10]), null, null, int64s(7, 17)];
    const attributes = { axes: [2, -1], keep_aspect_ratio_policy };
    expect(shapeOf("Resize", { inputs, attributes, opset: 18 })).toEqual([1, 1, height, width]);
  });

  it("costs taps in proportion to the axes that change", () => {
    const inputs = [tensor([1, 2, 4, 4]), null, float32s(1, 1, 2, 2)];
    const flops = (mode: string) => costOf("Resize", { inputs, attributes: { mode } }).flops;
    expect([flops("nearest"), flops("linear"), flops("cubic")]).toEqual([0, 128 * 8, 128 * 32]);
    const wider = { inputs: [tensor([1, 2, 4, 4]), null, float32s(1, 1, 1, 2)], attributes: { mode: "linear" } };
    expect(costOf("Resize", wider).flops).toBe(64 * 4);
    const same = { inputs: [tensor([1, 2, 4, 4]), null, float32s(1, 1, 1, 1)], attributes: { mode: "cubic" } };
    expect(costOf("Resize", same).flops).toBe(0);
  });

  it("declares terabytes without allocating them, and refuses what cannot be counted", () => {
    expect(shapeOf("Resize", { inputs: [tensor([1, 8]), null, float32s(1, 2 ** 40)] })).toEqual([1, 2 ** 43]);
    const beyond = { inputs: [tensor([1, 8]), null, float32s(1, 2 ** 80)] };
    expect(refusal("Resize", beyond).code).toBe("limit-exceeded");
  });

  it.each([
    ["a scale of 0", "invalid-graph", [null, float32s(1, 1, 0, 1)], {}],
    ["a negative scale", "invalid-graph", [null, float32s(1, 1, -2, 1)], {}],
    ["NaN", "invalid-graph", [null, float32s(1, 1, NaN, 1)], {}],
    ["a negative size", "invalid-graph", [null, null, int64s(1, 1, -1, 1)], {}],
    ["a size that is no integer", "invalid-graph", [null, null, float32s(1, 1, 2.5, 1)], {}],
    ["scales for fewer axes", "invalid-graph", [null, float32s(2, 2)], {}],
    ["neither scales nor sizes", "invalid-graph", [], {}],
    ["an axis named twice", "invalid-graph", [null, float32s(2, 2)], { axes: [2, 2] }],
    ["an unknown mode", "malformed", [null, float32s(1, 1, 2, 2)], { mode: "area" }],
    ["an unknown policy", "malformed", [null, float32s(1, 1, 2, 2)], { keep_aspect_ratio_policy: "crop" }],
  ])("refuses %s as %s", (_, code, inputs, attributes) => {
    expect(refusal("Resize", { inputs: [tensor([1, 1, 4, 4]), ...inputs], attributes }).code).toBe(code);
  });
});

describe("Upsample", () => {
  it("reads its scales where each opset has them", () => {
    const x = tensor([1, 3, 13, 13]);
    const y = [1, 3, 26, 39];
    const oldest = { width_scale: float(3), height_scale: float(2), mode: "bilinear" };
    expect(shapeOf("Upsample", { inputs: [x], attributes: oldest, opset: 6 })).toEqual(y);
    expect(shapeOf("Upsample", { inputs: [x], attributes: { scales: floats(1, 1, 2, 3) }, opset: 7 })).toEqual(y);
    expect(shapeOf("Upsample", { inputs: [x, float32s(1, 1, 2, 3)], opset: 9 })).toEqual(y);
  });

  it("refuses missing or contradicting scales", () => {
    const inputs = [tensor([1, 3, 13, 13])];
    expect(refusal("Upsample", { inputs, opset: 7 })).toMatchObject({ code: "malformed", field: "scales" });
    expect(refusal("Upsample", { inputs, opset: 1 })).toMatchObject({ code: "malformed", field: "height_scale" });
    expect(refusal("Upsample", { inputs, attributes: { scales: floats(2) }, opset: 7 }).code).toBe("invalid-graph");
    expect(refusal("Upsample", { inputs, opset: 9 }).code).toBe("invalid-graph");
  });
});
