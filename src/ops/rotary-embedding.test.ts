import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const cache = tensor([50, 4]);

describe("RotaryEmbedding", () => {
  it("keeps the shape, and costs 3 FLOPs for each element that is rotated", () => {
    const whole = { inputs: [tensor([2, 4, 3, 8]), cache, cache, tensor([2, 3], { dtype: "int64" })] };
    expect(shapeOf("RotaryEmbedding", whole)).toEqual([2, 4, 3, 8]);
    expect(costOf("RotaryEmbedding", whole).flops).toBe(3 * 2 * 4 * 3 * 8);
    const half = tensor([50, 2]);
    expect(costOf("RotaryEmbedding", { inputs: [tensor([2, 4, 3, 8]), half, half] }).flops).toBe(3 * 2 * 4 * 3 * 4);
  });

  it("tells heads that lie side by side by their number", () => {
    const inputs = [tensor([2, 3, 32]), tensor([2, 3, 2]), tensor([2, 3, 2])];
    const node = { inputs, attributes: { num_heads: 4 } };
    expect(shapeOf("RotaryEmbedding", node)).toEqual([2, 3, 32]);
    expect(costOf("RotaryEmbedding", node).flops).toBe(3 * 2 * 3 * 4 * 4);
    expect(refusal("RotaryEmbedding", { inputs })).toMatchObject({ code: "invalid-graph", field: "num_heads" });
  });

  it("refuses another rank, a cache that is missing and less than no heads", () => {
    expect(refusal("RotaryEmbedding", { inputs: [tensor([3, 8]), cache, cache] }).field).toBe("X");
    expect(refusal("RotaryEmbedding", { inputs: [tensor([2, 4, 3, 8]), cache] }).field).toBe("sin_cache");
    const attributes = { num_heads: -1 };
    expect(refusal("RotaryEmbedding", { inputs: [tensor([2, 3, 8]), cache, cache], attributes }).code).toBe("malformed");
  });
});
