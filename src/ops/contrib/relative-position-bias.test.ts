import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("RelativePositionBias", () => {
  const node = { domain, inputs: [tensor([32, 8]), int64s(10), int64s(12)], attributes: { max_distance: 128 } };

  it("has a bias for each pair of positions of each head", () => {
    expect(shapeOf("RelativePositionBias", node)).toEqual([1, 8, 10, 12]);
    expect(costOf("RelativePositionBias", node)).toEqual({ macs: 0, flops: 0, bytesRead: 4 * 960 + 16, bytesWritten: 4 * 960 });
  });

  it("keeps symbols, leaves open what the data say, and refuses negative lengths", () => {
    const open = { ...node, inputs: [tensor([32, 8]), int64s("S"), tensor([1], { dtype: "int64" })] };
    expect(shapeOf("RelativePositionBias", open)).toEqual([1, 8, "S", null]);
    const negative = { ...node, inputs: [tensor([32, 8]), int64s(-1), int64s(12)] };
    expect(refusal("RelativePositionBias", negative).field).toBe("query_length");
  });
});

describe("GatedRelativePositionBias", () => {
  const rest = [tensor([64]), tensor([1, 4, 10, 10]), tensor([16, 8]), tensor([8]), tensor([1, 4, 1, 1])];
  const attributes = { num_heads: 4 };
  const node = { domain, inputs: [tensor([2, 10, 64]), ...rest], attributes };

  it("projects each head of each position, and gates every score", () => {
    expect(shapeOf("GatedRelativePositionBias", node)).toEqual([2, 4, 10, 10]);
    const { macs, flops } = costOf("GatedRelativePositionBias", node);
    expect(macs).toBe(2 * 10 * 4 * 16 * 8);
    expect(flops).toBe(2 * macs + 2 * 10 * 64 + 2 * 10 * 4 * (8 + 6 + 12) + 2 * 4 * 100);
  });

  it("takes the batch of packed tokens from their offsets", () => {
    const packed = { ...node, inputs: [tensor([13, 64]), ...rest, tensor([2, 10], { dtype: "int32" })] };
    expect(shapeOf("GatedRelativePositionBias", packed)).toEqual([2, 4, 10, 10]);
    expect(refusal("GatedRelativePositionBias", { ...node, attributes: { num_heads: 5 } }).field).toBe("num_heads");
  });
});
