import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("CenterCropPad", () => {
  it("has the extents that are given, of all axes or some", () => {
    expect(shapeOf("CenterCropPad", { inputs: [tensor([20, 8, 3]), int64s(10, 10, 3)] })).toEqual([10, 10, 3]);
    const axes = { inputs: [tensor(["C", 20, 8]), int64s(10, "W")], attributes: { axes: [-2, 2] } };
    expect(shapeOf("CenterCropPad", axes)).toEqual(["C", 10, "W"]);
  });

  it("leaves open what it cannot tell", () => {
    const open = tensor([2], { dtype: "int64" });
    const attributes = { axes: [0, 1] };
    expect(shapeOf("CenterCropPad", { inputs: [tensor([20, 8, 3]), open], attributes })).toEqual([null, null, 3]);
    expect(shapeOf("CenterCropPad", { inputs: [tensor(null), int64s(4, 5)] })).toEqual([4, 5]);
    expect(shapeOf("CenterCropPad", { inputs: [tensor(null), int64s(4, 5)], attributes })).toBeNull();
  });

  it("reads what stays, and writes all", () => {
    const cost = costOf("CenterCropPad", { inputs: [tensor([20, 8]), int64s(10, 16)] });
    expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 4 * 80 + 16, bytesWritten: 4 * 160 });
  });

  it.each([
    ["a shape of another length", int64s(10, 10), {}],
    ["an axis outside the rank", int64s(10), { axes: [3] }],
    ["an axis twice", int64s(10, 10), { axes: [0, -3] }],
    ["a negative extent", int64s(10, 10, -1), {}],
  ])("refuses %s", (_, shape, attributes) => {
    expect(refusal("CenterCropPad", { inputs: [tensor([20, 8, 3]), shape], attributes }).code).toBe("invalid-graph");
  });
});
