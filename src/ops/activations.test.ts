import { describe, expect, it } from "vitest";
import { costOf, float, int64s, refusal, shapeOf, tensor, valueOf } from "../../test/helper/operator-case.js";

describe("activations", () => {
  it.each([
    ["Relu", 1],
    ["LeakyRelu", 1],
    ["ThresholdedRelu", 1],
    ["Clip", 1],
    ["Shrink", 2],
    ["Sigmoid", 4],
    ["HardSigmoid", 4],
    ["HardSwish", 5],
    ["Swish", 6],
    ["Tanh", 5],
    ["Softplus", 3],
    ["Softsign", 3],
    ["Mish", 9],
    ["Elu", 4],
    ["Selu", 5],
    ["Celu", 7],
    ["Gelu", 5],
  ])("%s keeps the shape and costs %i FLOPs an element", (type, flops) => {
    const node = { inputs: [tensor([2, 3, 4])] };
    expect(shapeOf(type, node)).toEqual([2, 3, 4]);
    expect(costOf(type, node)).toEqual({ macs: 0, flops: 24 * flops, bytesRead: 96, bytesWritten: 96 });
    expect(shapeOf(type, { inputs: [tensor(["N", null])] })).toEqual(["N", null]);
    expect(shapeOf(type, { inputs: [tensor(null)] })).toBeNull();
  });

  it("costs Gelu's tanh approximation by its own formula", () => {
    const node = { inputs: [tensor([10])], attributes: { approximate: "tanh" } };
    expect(costOf("Gelu", node).flops).toBe(130);
  });

  it("calls wrong attributes malformed", () => {
    const inputs = [tensor([2])];
    expect(refusal("Gelu", { inputs, attributes: { approximate: "erf" } })).toMatchObject({
      code: "malformed",
      field: "approximate",
    });
    expect(refusal("Elu", { inputs, attributes: { alpha: 1 } })).toMatchObject({ code: "malformed", field: "alpha" });
  });

  it("knows ThresholdedRelu before the standard took it in, as early exporters wrote it", () => {
    expect(shapeOf("ThresholdedRelu", { inputs: [tensor([2])], opset: 7 })).toEqual([2]);
  });

  it("refuses to do without an input", () => {
    expect(refusal("Relu", { inputs: [null] }).code).toBe("invalid-graph");
  });
});

describe("Clip", () => {
  it("takes its bounds from attributes up to opset 10, from inputs since 11", () => {
    const sizes = int64s(-5, 3, 90);
    const bound = (value: number) => tensor([], { dtype: "int64", value: [value] });
    const attributes = { min: float(0), max: float(6) };
    expect(valueOf("Clip", { inputs: [sizes], attributes, opset: 6 })).toEqual([0, 3, 6]);
    expect(valueOf("Clip", { inputs: [sizes, bound(1), bound(10)] })).toEqual([1, 3, 10]);
    expect(valueOf("Clip", { inputs: [sizes, null, bound(10)] })).toEqual([-5, 3, 10]);
    expect(valueOf("Clip", { inputs: [sizes, tensor([], { dtype: "int64" })] })).toBeNull();
  });
});

describe("PRelu", () => {
  it("stretches a slope to the input, never the input to the slope", () => {
    expect(shapeOf("PRelu", { inputs: [tensor([1, 8, 4, 4]), tensor([8, 1, 1])] })).toEqual([1, 8, 4, 4]);
    expect(refusal("PRelu", { inputs: [tensor([1, 8, 1, 1]), tensor([8, 4, 4])] }).code).toBe("invalid-graph");
  });

  it("reads a vector as one slope for each channel before opset 7", () => {
    expect(shapeOf("PRelu", { inputs: [tensor([1, 8, 4, 4]), tensor([8])], opset: 6 })).toEqual([1, 8, 4, 4]);
  });
});
