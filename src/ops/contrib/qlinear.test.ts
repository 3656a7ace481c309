import { expect, it } from "vitest";
import { costOf, refusal, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const scale = tensor([]);
const zero = tensor([], { dtype: "uint8" });

function bytes(...shape: readonly number[]) {
  return tensor(shape, { dtype: "uint8" });
}

it("dequantizes the operands, computes, and quantizes the result", () => {
  const inputs = [bytes(2, 3, 4), scale, zero, bytes(4), scale, zero, scale, zero];
  expect(costOf("QLinearAdd", { domain, inputs })).toEqual({
    macs: 0,
    flops: 2 * 24 + 2 * 4 + 24 + 4 * 24,
    bytesRead: 24 + 4 + 3 * 5,
    bytesWritten: 24,
  });
  expect(costOf("QLinearMul", { domain, inputs }).flops).toBe(costOf("QLinearAdd", { domain, inputs }).flops);
});

it("does not dequantize a condition", () => {
  const condition = tensor([3, 1], { dtype: "bool" });
  const inputs = [condition, bytes(3, 4), scale, zero, bytes(4), scale, zero, scale, zero];
  expect(costOf("QLinearWhere", { domain, inputs }).flops).toBe(2 * 12 + 2 * 4 + 12 + 4 * 12);
});

it("costs activations, reductions and pools what the float ones do, and 6 more an element", () => {
  const inputs = [bytes(2, 5), scale, zero, scale, zero];
  expect(costOf("QLinearSigmoid", { domain, inputs }).flops).toBe(10 * (4 + 6));
  expect(costOf("QLinearLeakyRelu", { domain, inputs }).flops).toBe(10 * (1 + 6));
  expect(costOf("QLinearSoftmax", { domain, inputs, attributes: { opset: 13 } }).flops).toBe(10 * (5 + 6));
  const attributes = { axes: [1], keepdims: 1 };
  expect(costOf("QLinearReduceMean", { domain, inputs, attributes }).flops).toBe(10 + 2 + 2 * 10 + 4 * 2);
  const plane = [bytes(1, 4, 4, 3), scale, zero, scale, zero];
  const pool = { domain, inputs: plane, attributes: { kernel_shape: [2, 2], strides: [2, 2], channels_last: 1 } };
  expect(costOf("QLinearAveragePool", pool).flops).toBe(12 * 5 + 2 * 48 + 4 * 12);
  const global = { domain, inputs: plane, attributes: { channels_last: 1 } };
  expect(costOf("QLinearGlobalAveragePool", global).flops).toBe(48 + 3 + 2 * 48 + 4 * 3);
});

it("joins tensors that each bring a scale and a zero point", () => {
  const inputs = [scale, zero, bytes(2, 3), scale, zero, bytes(2, 5), scale, zero];
  expect(costOf("QLinearConcat", { domain, inputs, attributes: { axis: 1 } })).toMatchObject({
    flops: 2 * 16 + 4 * 16,
    bytesWritten: 16,
  });
  expect(refusal("QLinearConcat", { domain, inputs: inputs.slice(0, 2), attributes: { axis: 1 } }).code).toBe(
    "invalid-graph",
  );
});

it("has earlier names of quantizing", () => {
  expect(costOf("QuantizeLinear", { domain, inputs: [tensor([10]), scale, zero] }).flops).toBe(40);
  expect(costOf("DequantizeLinear", { domain, inputs: [bytes(10), scale, zero] }).flops).toBe(20);
});
