import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("AffineGrid", () => {
  it("has a point for each position of the size", () => {
    expect(shapeOf("AffineGrid", { inputs: [tensor([2, 2, 3]), int64s(2, 3, 5, 6)] })).toEqual([2, 5, 6, 2]);
    expect(shapeOf("AffineGrid", { inputs: [tensor([2, 3, 4]), int64s(2, 3, 4, 5, 6)] })).toEqual([2, 4, 5, 6, 3]);
  });

  it("leaves open what it cannot tell", () => {
    const sizes = tensor([4], { dtype: "int64" });
    expect(shapeOf("AffineGrid", { inputs: [tensor(["N", 2, 3]), sizes] })).toEqual(["N", null, null, 2]);
    expect(shapeOf("AffineGrid", { inputs: [tensor(null), int64s("N", 3, "H", 6)] })).toEqual(["N", "H", 6, 2]);
    expect(shapeOf("AffineGrid", { inputs: [tensor(null), tensor(null, { dtype: "int64" })] })).toBeNull();
  });

  it("costs a row of theta times a point for each coordinate", () => {
    const { macs, flops } = costOf("AffineGrid", { inputs: [tensor([2, 2, 3]), int64s(2, 3, 5, 6)] });
    expect({ macs, flops }).toEqual({ macs: 2 * 30 * 2 * 3, flops: 2 * 2 * 30 * 2 * 3 });
  });

  it.each([
    ["four axes", [tensor([2, 4, 5]), int64s(2, 3, 4, 5, 6, 7)]],
    ["a size of other axes", [tensor([2, 2, 3]), int64s(2, 3, 4, 5, 6)]],
    ["a theta that is not homogeneous", [tensor([2, 2, 2]), int64s(2, 3, 5, 6)]],
    ["a negative size", [tensor([2, 2, 3]), int64s(2, 3, -5, 6)]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("AffineGrid", { inputs }).code).toBe("invalid-graph");
  });
});
