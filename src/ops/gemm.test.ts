import { describe, expect, it } from "vitest";
import { costOf, float, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("Gemm", () => {
  it("counts ResNet-50's classifier: 2,048,000 MACs and a bias", () => {
    const classifier = {
      inputs: [tensor([1, 2048]), tensor([1000, 2048]), tensor([1000])],
      attributes: { transB: 1 },
    };
    expect(shapeOf("Gemm", classifier)).toEqual([1, 1000]);
    expect(costOf("Gemm", classifier)).toEqual({
      macs: 2_048_000,
      flops: 2 * 2_048_000 + 1000,
      bytesRead: 4 * (2048 + 1000 * 2048 + 1000),
      bytesWritten: 4000,
    });
  });

  it.each([
    [0, 0, [2, 3], [3, 4]],
    [1, 0, [3, 2], [3, 4]],
    [0, 1, [2, 3], [4, 3]],
    [1, 1, [3, 2], [4, 3]],
  ])("transposes A: %i, B: %i", (transA, transB, a, b) => {
    const node = { inputs: [tensor(a), tensor(b)], attributes: { transA, transB } };
    expect(shapeOf("Gemm", node)).toEqual([2, 4]);
    expect(costOf("Gemm", node).macs).toBe(24);
  });

  it("scales the result for alpha and C for beta, and skips a C that beta makes 0", () => {
    const inputs = [tensor([2, 3]), tensor([3, 4]), tensor([4])];
    const extra = (alpha: number, beta: number) =>
      costOf("Gemm", { inputs, attributes: { alpha: float(alpha), beta: float(beta) } }).flops - 48;
    expect([extra(1, 1), extra(0.5, 1), extra(1, 2), extra(1, 0)]).toEqual([8, 16, 16, 0]);
  });

  it("passes symbols on", () => {
    expect(shapeOf("Gemm", { inputs: [tensor(["N", 3]), tensor([3, 4])] })).toEqual(["N", 4]);
  });

  it.each([
    ["inner dimensions that differ", [2, 3], [4, 4], [4]],
    ["an A that is no matrix", [1, 2, 3], [3, 4], [4]],
    ["a C that does not broadcast", [2, 3], [3, 4], [3]],
    ["a C larger than the result", [2, 3], [3, 4], [1, 2, 4]],
  ])("refuses %s", (_, a, b, c) => {
    expect(refusal("Gemm", { inputs: [tensor(a), tensor(b), tensor(c)] }).code).toBe("invalid-graph");
  });
});

describe("MatMul", () => {
  it.each([
    [[2, 3], [3, 4], [2, 4], 24],
    [[5, 2, 3], [3, 4], [5, 2, 4], 120],
    [[5, 1, 2, 3], [6, 3, 4], [5, 6, 2, 4], 720],
    [[3], [3, 4], [4], 12],
    [[2, 3], [3], [2], 6],
    [[3], [3], [], 3],
    [[7, 2, 3], [3], [7, 2], 42],
    [[0, 3], [3, 4], [0, 4], 0],
  ])("multiplies %o by %o as NumPy does: %o, %i MACs", (a, b, result, macs) => {
    const node = { inputs: [tensor(a), tensor(b)] };
    expect(shapeOf("MatMul", node)).toEqual(result);
    expect(costOf("MatMul", node)).toMatchObject({ macs, flops: 2 * macs });
  });

  it("counts the attention scores of ViT-B/16: 12 heads, 197 tokens, 64 wide", () => {
    const node = { inputs: [tensor([1, 12, 197, 64]), tensor([1, 12, 64, 197])] };
    expect(costOf("MatMul", node).macs).toBe(12 * 197 * 197 * 64);
  });

  it("leaves unknown what is unknown", () => {
    expect(shapeOf("MatMul", { inputs: [tensor(["N", "T", 64]), tensor([64, 128])] })).toEqual(["N", "T", 128]);
    expect(shapeOf("MatMul", { inputs: [tensor(null), tensor([64, 128])] })).toBeNull();
  });

  it.each([
    [[2, 3], [4, 5]],
    [[2, 2, 3], [3, 3, 4]],
    [[], [3, 4]],
    [[3], [4]],
  ])("refuses %o by %o", (a, b) => {
    expect(refusal("MatMul", { inputs: [tensor(a), tensor(b)] }).code).toBe("invalid-graph");
  });

  it("refuses products past the safe integers", () => {
    const inputs = [tensor([2 ** 25, 2 ** 20]), tensor([2 ** 20, 2 ** 25])];
    expect(refusal("MatMul", { inputs }).code).toBe("limit-exceeded");
  });
});

describe("MatMulInteger", () => {
  it("sums bytes into 32-bit integers", () => {
    const bytes = { dtype: "uint8" } as const;
    const inputs = [tensor([2, 3], bytes), tensor([3, 4], bytes)];
    expect(infer("MatMulInteger", { inputs })[0]).toMatchObject({ dtype: "int32", shape: [2, 4] });
    expect(costOf("MatMulInteger", { inputs })).toEqual({ macs: 24, flops: 48, bytesRead: 18, bytesWritten: 32 });
  });
});
