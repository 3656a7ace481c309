import { describe, expect, it } from "vitest";
import { costOf, float, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("FusedMatMul", () => {
  it("counts the inner dimension after transposing, and scaling once an output", () => {
    const node = {
      domain,
      inputs: [tensor([2, 3, 5, 4]), tensor([2, 3, 5, 6])],
      attributes: { transA: 1, alpha: float(0.125) },
    };
    const macs = 6 * 4 * 6 * 5;
    expect(costOf("FusedMatMul", node)).toMatchObject({ macs, flops: 2 * macs + 6 * 24 });
    expect(costOf("TransposeMatMul", { ...node, attributes: { transA: 1 } })).toMatchObject({ macs, flops: 2 * macs });
  });

  it("adds the activation that it names", () => {
    const inputs = [tensor([3, 4]), tensor([4, 5])];
    const node = { domain, inputs, attributes: { activation: "Tanh" } };
    expect(costOf("FusedMatMulActivation", node).flops).toBe(2 * 60 + 5 * 15);
  });

  it("refuses inner dimensions that differ and knows nothing of unknown ranks", () => {
    const inputs = [tensor([3, 4]), tensor([4, 5])];
    expect(refusal("FusedMatMul", { domain, inputs, attributes: { transB: 1 } }).code).toBe("invalid-graph");
    expect(shapeOf("FusedMatMul", { domain, inputs: [tensor(null), tensor([4, 5])] })).toBeNull();
  });
});

describe("products with what follows them", () => {
  it("FusedGemm: bias and Relu, one FLOP an output each", () => {
    const inputs = [tensor([3, 4]), tensor([5, 4]), tensor([5])];
    const node = { domain, inputs, attributes: { transB: 1, activation: "Relu" } };
    expect(costOf("FusedGemm", node)).toMatchObject({ macs: 60, flops: 120 + 2 * 15 });
  });

  it("GemmFastGelu: bias and 13 for the activation", () => {
    const inputs = [tensor([2, 3, 4]), tensor([4, 5]), tensor([5])];
    expect(shapeOf("GemmFastGelu", { domain, inputs })).toEqual([2, 3, 5]);
    expect(costOf("GemmFastGelu", { domain, inputs }).flops).toBe(2 * 120 + 14 * 30);
  });
});

describe("quantized products", () => {
  const scale = tensor([]);
  const zero = tensor([], { dtype: "uint8" });

  it("DynamicQuantizeMatMul: 6 an element of A, then scale and bias", () => {
    const inputs = [tensor([2, 3, 4]), tensor([4, 5], { dtype: "int8" }), scale, null, tensor([5])];
    expect(costOf("DynamicQuantizeMatMul", { domain, inputs })).toEqual({
      macs: 120,
      flops: 240 + 6 * 24 + 2 * 30,
      bytesRead: 4 * 24 + 20 + 4 + 20,
      bytesWritten: 120,
    });
  });

  it("MatMulIntegerToFloat: one multiplication an output", () => {
    const inputs = [tensor([3, 4], { dtype: "uint8" }), tensor([4, 5], { dtype: "int8" }), scale, scale];
    expect(costOf("MatMulIntegerToFloat", { domain, inputs }).flops).toBe(120 + 15);
  });

  it("QGemm: requantized, or floats where y has no zero point", () => {
    const a = tensor([3, 4], { dtype: "uint8" });
    const b = tensor([4, 5], { dtype: "uint8" });
    const quantized = { domain, inputs: [a, scale, zero, b, scale, zero, null, scale, zero] };
    expect(infer("QGemm", quantized)[0]?.dtype).toBe("uint8");
    expect(costOf("QGemm", quantized).flops).toBe(120 + 4 * 15);
    const floats = { domain, inputs: quantized.inputs.slice(0, 6) };
    expect(infer("QGemm", floats)[0]?.dtype).toBe("float32");
    expect(costOf("QGemm", floats).flops).toBe(120 + 15);
  });

  it("MatMulNBits: weights of 4 bits, dequantized in every run", () => {
    const inputs = [tensor([1, 7, 32]), tensor([8, 2, 8], { dtype: "uint8" }), tensor([8, 2])];
    const attributes = { K: 32, N: 8, bits: 4, block_size: 16 };
    expect(shapeOf("MatMulNBits", { domain, inputs, attributes })).toEqual([1, 7, 8]);
    expect(costOf("MatMulNBits", { domain, inputs, attributes })).toEqual({
      macs: 7 * 32 * 8,
      flops: 2 * 7 * 32 * 8 + 2 * 32 * 8,
      bytesRead: 4 * 224 + 128 + 64,
      bytesWritten: 4 * 56,
    });
    expect(refusal("MatMulNBits", { domain, inputs, attributes: { ...attributes, K: 64 } }).code).toBe("invalid-graph");
    expect(refusal("MatMulNBits", { domain, inputs, attributes: { ...attributes, N: 0 } }).code).toBe("malformed");
    expect(refusal("MatMulNBits", { domain, inputs, attributes: { ...attributes, bits: 1 } }).code).toBe("malformed");
  });
});

describe("MatMulBnb4", () => {
  const packed = tensor([64 * 16], { dtype: "uint8" });
  const scales = tensor([64]);
  const attributes = { K: 64, N: 32, block_size: 32, quant_type: 1 };

  it("multiplies by the weights it unpacks, either way round", () => {
    const inputs = [tensor([2, 3, 64]), packed, scales];
    expect(shapeOf("MatMulBnb4", { domain, inputs, attributes })).toEqual([2, 3, 32]);
    expect(costOf("MatMulBnb4", { domain, inputs, attributes })).toMatchObject({
      macs: 6 * 64 * 32,
      flops: 2 * 6 * 64 * 32 + 2 * 64 * 32,
    });
    const turned = [tensor([2, 3, 32]), packed, scales];
    expect(shapeOf("MatMulBnb4", { domain, inputs: turned, attributes: { ...attributes, transB: 0 } })).toEqual([2, 3, 64]);
    expect(refusal("MatMulBnb4", { domain, inputs: turned, attributes }).code).toBe("invalid-graph");
  });
});

describe("GemmFloat8", () => {
  const text = (value: string) => ({ kind: "string", value }) as const;
  const byte = (...shape: number[]) => tensor(shape, { dtype: "float8e4m3fn" });
  const node = { domain, inputs: [byte(4, 8), byte(6, 8), tensor([4, 6])], attributes: { transB: 1, dtype: 10, activation: text("GELU") } };

  it("is Gemm with a result of the type that is asked for", () => {
    expect(infer("GemmFloat8", node)[0]).toMatchObject({ dtype: "float16", shape: [4, 6] });
    expect(costOf("GemmFloat8", node)).toMatchObject({ macs: 4 * 6 * 8, flops: 2 * 192 + 24 * (1 + 5) });
    const other = { ...node, attributes: { ...node.attributes, activation: text("Relu") } };
    expect(refusal("GemmFloat8", other).code).toBe("malformed");
  });
});
