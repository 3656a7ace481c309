import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const bytes = (...shape: number[]) => tensor(shape, { dtype: "int8" });
const scale = tensor([]);
const bias = tensor([32]);

/** Of 8 positions, `width` wide, to 32 columns each of Q, K and V. */
const attention = (weight: ReturnType<typeof bytes>, heads = 4) => ({
  domain: "com.microsoft",
  inputs: [bytes(2, 8, 64), scale, scale, scale, scale, weight, weight, weight, scale, scale, scale, bias, bias, bias],
  attributes: { num_heads: heads },
});

describe("QOrderedAttention", () => {
  it("projects by weights whichever way they are stated, and attends", () => {
    for (const weight of [bytes(64, 32), bytes(32, 64)]) {
      expect(infer("QOrderedAttention", attention(weight))[0]).toMatchObject({ dtype: "int8", shape: [2, 8, 32] });
      const { macs, flops } = costOf("QOrderedAttention", attention(weight));
      const scores = 2 * 4 * 8 * 8;
      expect(macs).toBe(2 * 8 * 64 * 96 + scores * (8 + 8));
      expect(flops).toBe(2 * macs + 7 * 2 * 8 * 96 + 4 * 2 * 8 * 32 + 6 * scores);
    }
  });

  it("leaves open what it cannot tell", () => {
    expect(shapeOf("QOrderedAttention", attention(tensor(["D", 32])))).toEqual([2, 8, null]);
  });

  it("refuses weights and heads that do not fit", () => {
    expect(refusal("QOrderedAttention", attention(bytes(63, 32))).field).toBe("Q_weight");
    expect(refusal("QOrderedAttention", attention(bytes(64, 48))).field).toBe("Q_bias");
    expect(refusal("QOrderedAttention", attention(bytes(64, 32), 3)).field).toBe("num_heads");
  });
});
