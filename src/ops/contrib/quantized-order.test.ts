import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const bytes = (...shape: number[]) => tensor(shape, { dtype: "int8" });
const scale = tensor([]);

describe("tensors in the order of a GPU's matrix product", () => {
  it("are as large as what they were made from", () => {
    const node = { domain, inputs: [tensor([2, 8, 32]), scale] };
    expect(infer("QuantizeWithOrder", node)[0]).toMatchObject({ dtype: "int8", shape: [2, 8, 32] });
    const back = { domain, inputs: [bytes(2, 8, 32), scale], attributes: { to: 10 } };
    expect(infer("DequantizeWithOrder", back)[0]).toMatchObject({ dtype: "float16", shape: [2, 8, 32] });
    expect(costOf("DequantizeWithOrder", back).flops).toBe(2 * 512);
  });

  it("are dequantized and quantized again around what is computed on them", () => {
    expect(costOf("QOrderedGelu", { domain, inputs: [bytes(8, 32), scale, scale] }).flops).toBe(256 * 11);
    const norm = [bytes(8, 32), scale, tensor([32]), tensor([32]), scale];
    expect(costOf("QOrderedLayerNormalization", { domain, inputs: norm }).flops).toBe(256 * 13);
  });
});

describe("QOrderedMatMul", () => {
  const product = (b: ReturnType<typeof bytes>) => ({ domain, inputs: [bytes(2, 8, 32), scale, b, scale, scale, tensor([48])] });

  it("multiplies by B whichever way it is stated", () => {
    for (const b of [bytes(32, 48), bytes(48, 32)]) {
      expect(infer("QOrderedMatMul", product(b))[0]).toMatchObject({ dtype: "int8", shape: [2, 8, 48] });
      const { macs, flops } = costOf("QOrderedMatMul", product(b));
      expect(macs).toBe(2 * 8 * 32 * 48);
      expect(flops).toBe(2 * macs + 5 * 2 * 8 * 48);
    }
  });

  it("leaves open what it cannot tell, and refuses matrices that do not fit", () => {
    const open = { domain, inputs: [bytes(2, 8, 32), scale, tensor(["K", 48]), scale, scale] };
    expect(shapeOf("QOrderedMatMul", open)).toEqual([2, 8, null]);
    expect(refusal("QOrderedMatMul", product(bytes(31, 48))).field).toBe("B");
  });
});
