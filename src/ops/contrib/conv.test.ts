import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";
import { FUSED_ACTIVATIONS } from "./fused-activation.js";

const domain = "com.microsoft";

describe("FusedConv", () => {
  const x = tensor([1, 8, 10, 10]);
  const weights = tensor([16, 8, 1, 1]);
  const macs = 16 * 100 * 8;

  it("has the MACs of the convolution, and one FLOP an output each for bias, Relu and the residual", () => {
    const bare = { domain, inputs: [x, weights] };
    expect(costOf("FusedConv", bare)).toEqual({
      macs,
      flops: 2 * macs,
      bytesRead: 4 * (800 + 128),
      bytesWritten: 4 * 1600,
    });
    const full = { ...bare, inputs: [x, weights, tensor([16]), tensor([1, 16, 10, 10])] };
    expect(costOf("FusedConv", { ...full, attributes: { activation: "Relu" } })).toEqual({
      macs,
      flops: 2 * macs + 3 * 1600,
      bytesRead: 4 * (800 + 128 + 16 + 1600),
      bytesWritten: 4 * 1600,
    });
  });

  it("refuses an activation that is not known, naming it", () => {
    const node = { domain, inputs: [x, weights], attributes: { activation: "__proto__" } };
    expect(refusal("FusedConv", node)).toMatchObject({ code: "malformed", field: "activation" });
  });

  it("counts every activation as the operator of that name", () => {
    expect(FUSED_ACTIVATIONS).toHaveLength(13);
    for (const activation of FUSED_ACTIVATIONS) {
      const alone = costOf(activation, { inputs: [tensor([1, 16, 10, 10])], opset: 22 }).flops;
      const fused = costOf("FusedConv", { domain, inputs: [x, weights], attributes: { activation } }).flops;
      expect([activation, fused - 2 * macs]).toEqual([activation, alone]);
    }
  });
});

describe("channels last", () => {
  const weights = tensor([16, 3, 3, 3]);
  const attributes = { strides: [2, 2], pads: [1, 1, 1, 1] };

  it("turns only the tensors around, not the weights and not the work", () => {
    const last = { domain, inputs: [tensor([1, 32, 48, 3]), weights, tensor([16])], attributes };
    const first = { inputs: [tensor([1, 3, 32, 48]), weights, tensor([16])], attributes };
    expect(shapeOf("NhwcConv", last)).toEqual([1, 16, 24, 16]);
    expect(costOf("NhwcConv", last)).toEqual(costOf("Conv", first));
    expect(shapeOf("NhwcFusedConv", last)).toEqual([1, 16, 24, 16]);
    expect(costOf("NhwcFusedConv", last)).toEqual(costOf("Conv", first));
  });

  it("keeps symbols and unknown axes in their places", () => {
    const inputs = [tensor(["N", "H", null, 3]), weights];
    expect(shapeOf("NhwcConv", { domain, inputs, attributes: { pads: [1, 1, 1, 1] } })).toEqual(["N", "H", null, 16]);
    expect(shapeOf("NhwcMaxPool", { domain, inputs: [tensor(null)], attributes: { kernel_shape: [2, 2] } })).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("refuses an input without channels", () => {
    expect(refusal("NhwcConv", { domain, inputs: [tensor([3]), weights] }).code).toBe("invalid-graph");
  });

  it("is an attribute of the quantized convolution", () => {
    const scale = tensor([]);
    const zero = tensor([], { dtype: "uint8" });
    const quantized = tensor([16, 3, 3, 3], { dtype: "int8" });
    const inputs = [tensor([1, 32, 48, 3], { dtype: "uint8" }), scale, zero, quantized, scale, zero, scale, zero];
    const node = { domain, inputs, attributes: { ...attributes, channels_last: 1 } };
    const macs = 16 * 16 * 24 * 27;
    expect(infer("QLinearConv", node)[0]).toMatchObject({ dtype: "uint8", shape: [1, 16, 24, 16] });
    expect(costOf("QLinearConv", node)).toMatchObject({ macs, flops: 2 * macs + 4 * 16 * 16 * 24 });
  });
});
