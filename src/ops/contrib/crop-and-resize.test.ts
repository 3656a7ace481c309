import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("CropAndResize", () => {
  const leading = [tensor([1, 3, 8, 8]), tensor([5, 4]), tensor([5], { dtype: "int32" })];

  it("resizes every box to the size that its input says", () => {
    const node = { domain, inputs: [...leading, int64s(6, 7)] };
    expect(shapeOf("CropAndResize", node)).toEqual([5, 3, 6, 7]);
    expect(costOf("CropAndResize", node).flops).toBe(8 * 5 * 3 * 6 * 7);
    const nearest = { ...node, attributes: { mode: { kind: "string", value: "nearest" } } as const };
    expect(costOf("CropAndResize", nearest).flops).toBe(0);
  });

  it("leaves open what is not known, and refuses sizes and modes that are none", () => {
    expect(shapeOf("CropAndResize", { domain, inputs: [...leading, tensor([2], { dtype: "int32" })] })).toEqual([5, 3, null, null]);
    expect(shapeOf("CropAndResize", { domain, inputs: [...leading, int64s("H", 7)] })).toEqual([5, 3, "H", 7]);
    for (const size of [int64s(6, 0), int64s(6, -1), tensor([2], { value: [6, 0.5] }), int64s(6)]) {
      expect(refusal("CropAndResize", { domain, inputs: [...leading, size] }).field).toBe("crop_size");
    }
    const cubic = { domain, inputs: [...leading, int64s(6, 7)], attributes: { mode: { kind: "string", value: "cubic" } } as const };
    expect(refusal("CropAndResize", cubic).code).toBe("malformed");
  });
});
