import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("LongformerAttention", () => {
  const node = (positions: number) => ({
    domain,
    inputs: [tensor([1, positions, 64]), tensor([64, 192]), tensor([192]), tensor([1, positions])],
    attributes: { num_heads: 4, window: 32 },
  });

  it("looks at a window around each position, and at all of a shorter sequence", () => {
    expect(shapeOf("LongformerAttention", node(256))).toEqual([1, 256, 64]);
    expect(costOf("LongformerAttention", node(256)).macs).toBe(256 * 64 * 192 + 2 * 4 * 256 * 64 * 16);
    expect(costOf("LongformerAttention", node(16)).macs).toBe(16 * 64 * 192 + 2 * 4 * 16 * 16 * 16);
  });

  it("works on integers in the order of a GPU's matrix product, with a scale after each tensor", () => {
    const scale = tensor([]);
    const bytes = (...shape: number[]) => tensor(shape, { dtype: "int8" });
    const inputs = [bytes(1, 16, 64), scale, bytes(64, 192), scale, tensor([192]), scale, scale, tensor([1, 16])];
    const quantized = { ...node(16), inputs };
    expect(shapeOf("QOrderedLongformerAttention", quantized)).toEqual([1, 16, 64]);
    const [plain, ordered] = [costOf("LongformerAttention", node(16)), costOf("QOrderedLongformerAttention", quantized)];
    expect(ordered.macs).toBe(plain.macs);
    expect(ordered.flops - plain.flops).toBe(6 * 16 * 192 + 4 * 16 * 64);
  });

  it("refuses heads and weights that do not fit", () => {
    expect(refusal("LongformerAttention", { ...node(16), attributes: { num_heads: 3, window: 32 } }).field).toBe("num_heads");
    const narrow = { ...node(16), inputs: [tensor([1, 16, 64]), tensor([64, 128])] };
    expect(refusal("LongformerAttention", narrow).field).toBe("weight");
  });
});
