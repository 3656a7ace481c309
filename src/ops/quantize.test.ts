import { describe, expect, it } from "vitest";
import type { DataType } from "../onnx/dtype.js";
import type { Shape } from "../onnx/types.js";
import { costOf, infer, refusal, tensor } from "../../test/helper/operator-case.js";

const scale = tensor([]);

function typed(dtype: DataType, shape: Shape = []) {
  return tensor(shape, { dtype });
}

describe("QuantizeLinear and DequantizeLinear", () => {
  it("take the type from the zero point, from output_dtype, or uint8", () => {
    const x = tensor([2, 3]);
    expect(infer("QuantizeLinear", { inputs: [x, scale, typed("int8")] })[0]?.dtype).toBe("int8");
    expect(infer("QuantizeLinear", { inputs: [x, scale] })[0]?.dtype).toBe("uint8");
    expect(infer("QuantizeLinear", { inputs: [x, scale], attributes: { output_dtype: 22 } })[0]?.dtype).toBe("int4");
    expect(refusal("QuantizeLinear", { inputs: [x, scale], attributes: { output_dtype: 99 } }).code).toBe("malformed");
  });

  it("restore the type of the scale", () => {
    const half = typed("float16");
    expect(infer("DequantizeLinear", { inputs: [typed("int8", [2, 3]), half] })[0]).toMatchObject({
      dtype: "float16",
      shape: [2, 3],
    });
  });

  it("cost 4 and 2 FLOPs an element, and move what the types are wide", () => {
    expect(costOf("QuantizeLinear", { inputs: [tensor([10]), scale, typed("int8")] })).toEqual({
      macs: 0,
      flops: 40,
      bytesRead: 45,
      bytesWritten: 10,
    });
    expect(costOf("DequantizeLinear", { inputs: [typed("int4", [9]), scale] })).toMatchObject({
      flops: 18,
      bytesRead: 5 + 4,
    });
  });

  it("find scale and zero point while they quantize, dynamically", () => {
    const facts = infer("DynamicQuantizeLinear", { inputs: [tensor([2, 5])], outputs: 3 });
    expect(facts.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["uint8", [2, 5]],
      ["float32", []],
      ["uint8", []],
    ]);
    expect(costOf("DynamicQuantizeLinear", { inputs: [tensor([2, 5])], outputs: 3 }).flops).toBe(60);
  });
});

describe("quantized products", () => {
  const zero = typed("uint8");

  it("convolve as Conv does, and requantize each output", () => {
    const inputs = [typed("uint8", [1, 8, 6, 6]), scale, zero, typed("int8", [16, 8, 3, 3]), scale, zero, scale, zero];
    const node = { inputs, attributes: { pads: [1, 1, 1, 1] } };
    const macs = 16 * 36 * 8 * 9;
    expect(infer("QLinearConv", node)[0]).toMatchObject({ dtype: "uint8", shape: [1, 16, 6, 6] });
    expect(costOf("QLinearConv", node)).toMatchObject({ macs, flops: 2 * macs + 4 * 16 * 36 });
    const biased = { ...node, inputs: [...inputs, typed("int32", [16])] };
    expect(costOf("QLinearConv", biased).flops).toBe(2 * macs + 5 * 16 * 36);
    const mismatched = { ...node, inputs: [...inputs, typed("int32", [8])] };
    expect(refusal("QLinearConv", mismatched)).toMatchObject({ code: "invalid-graph", field: "B" });
  });

  it("convolve into 32-bit sums", () => {
    const node = { inputs: [typed("uint8", [1, 4, 5, 5]), typed("int8", [4, 1, 3, 3])], attributes: { group: 4 } };
    expect(infer("ConvInteger", node)[0]).toMatchObject({ dtype: "int32", shape: [1, 4, 3, 3] });
    expect(costOf("ConvInteger", node).macs).toBe(4 * 9 * 9);
    expect(refusal("ConvInteger", { ...node, attributes: { group: 0 } }).code).toBe("malformed");
  });

  it("multiply matrices as MatMul does", () => {
    const inputs = [typed("int8", [2, 3]), scale, zero, typed("int8", [3, 4]), scale, zero, scale, typed("int8")];
    expect(infer("QLinearMatMul", { inputs })[0]).toMatchObject({ dtype: "int8", shape: [2, 4] });
    expect(costOf("QLinearMatMul", { inputs })).toMatchObject({ macs: 24, flops: 48 + 32 });
  });
});
