import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("global pools", () => {
  it("reduce every spatial axis to 1", () => {
    for (const type of ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"]) {
      expect(shapeOf(type, { inputs: [tensor(["N", 8, 7, 7])] })).toEqual(["N", 8, 1, 1]);
      expect(shapeOf(type, { inputs: [tensor([2, 8, "L"])] })).toEqual([2, 8, 1]);
      expect(shapeOf(type, { inputs: [tensor(null)] })).toBeNull();
    }
  });

  it("cost the elements of the input, and what finishes each output", () => {
    const inputs = [tensor([1, 2048, 7, 7])];
    expect(costOf("GlobalAveragePool", { inputs }).flops).toBe(2048 * 49 + 2048);
    expect(costOf("GlobalMaxPool", { inputs }).flops).toBe(2048 * 49);
    expect(costOf("GlobalLpPool", { inputs }).flops).toBe(2 * 2048 * 49 + 2048);
  });

  it("refuse an input without channels", () => {
    expect(refusal("GlobalAveragePool", { inputs: [tensor([3])] }).code).toBe("invalid-graph");
  });
});
