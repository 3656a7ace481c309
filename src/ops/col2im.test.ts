import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const open = tensor([2], { dtype: "int64" });

describe("Col2Im", () => {
  it("has the image's extents, and as many channels as blocks fill a column", () => {
    expect(shapeOf("Col2Im", { inputs: [tensor([2, 12, 5]), int64s(5, 5), int64s(1, 4)] })).toEqual([2, 3, 5, 5]);
    const volume = [tensor(["N", 10, 12]), int64s(3, "H", 5), int64s(1, 1, 5)];
    expect(shapeOf("Col2Im", { inputs: volume })).toEqual(["N", 2, 3, "H", 5]);
  });

  it("leaves open what it cannot tell", () => {
    expect(shapeOf("Col2Im", { inputs: [tensor([2, 12, 5]), open, int64s(1, 4)] })).toEqual([2, 3, null, null]);
    expect(shapeOf("Col2Im", { inputs: [tensor([2, 12, 5]), int64s(5, 5), open] })).toEqual([2, null, 5, 5]);
    const unknown = tensor(null, { dtype: "int64" });
    expect(shapeOf("Col2Im", { inputs: [tensor([2, 12, 5]), unknown, unknown] })).toBeNull();
  });

  it("adds each element once", () => {
    expect(costOf("Col2Im", { inputs: [tensor([2, 12, 5]), int64s(5, 5), int64s(1, 4)] }).flops).toBe(120);
  });

  it.each([
    ["columns that blocks do not fill", [tensor([2, 13, 5]), int64s(5, 5), int64s(1, 4)], {}],
    ["blocks of other axes", [tensor([2, 12, 5]), int64s(5, 5), int64s(4)], {}],
    ["strides of other axes", [tensor([2, 12, 5]), int64s(5, 5), int64s(1, 4)], { strides: [1] }],
    ["empty blocks", [tensor([2, 12, 5]), int64s(5, 5), int64s(0, 4)], {}],
    ["an image for columns", [tensor([2, 3, 5, 5]), int64s(5, 5), int64s(1, 4)], {}],
  ])("refuses %s", (_, inputs, attributes) => {
    expect(refusal("Col2Im", { inputs, attributes }).code).toBe("invalid-graph");
  });

  it("refuses a rank that is past all limits", () => {
    const many = tensor([1_000_000], { dtype: "int64" });
    expect(refusal("Col2Im", { inputs: [tensor([2, 12, 5]), many, many] }).code).toBe("limit-exceeded");
  });
});
