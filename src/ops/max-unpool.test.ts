import { describe, expect, it } from "vitest";
import { costOf, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const x = tensor([1, 3, 2, 2]);
const indices = tensor([1, 3, 2, 2], { dtype: "int64" });
const attributes = { kernel_shape: [2, 2], strides: [2, 2] };

describe("MaxUnpool", () => {
  it("undoes the window of the pool", () => {
    expect(shapeOf("MaxUnpool", { inputs: [x, indices], attributes })).toEqual([1, 3, 4, 4]);
    const padded = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 0, 0] };
    expect(shapeOf("MaxUnpool", { inputs: [x, indices], attributes: padded })).toEqual([1, 3, 4, 4]);
    expect(shapeOf("MaxUnpool", { inputs: [tensor(["N", 3, "H", 2]), indices], attributes })).toEqual(["N", 3, null, 4]);
  });

  it("takes the shape that is spelled out", () => {
    expect(shapeOf("MaxUnpool", { inputs: [x, indices, int64s(1, 3, 5, 5)], attributes })).toEqual([1, 3, 5, 5]);
    const open = tensor([4], { dtype: "int64" });
    expect(shapeOf("MaxUnpool", { inputs: [x, indices, open], attributes })).toEqual([null, null, null, null]);
  });

  it("costs bytes", () => {
    const cost = costOf("MaxUnpool", { inputs: [x, indices], attributes });
    expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 12 * (4 + 8), bytesWritten: 4 * 48 });
  });

  it("refuses no kernel, another rank and a shape of another length", () => {
    expect(refusal("MaxUnpool", { inputs: [x, indices] }).code).toBe("malformed");
    expect(refusal("MaxUnpool", { inputs: [tensor([3, 2, 2]), indices], attributes }).code).toBe("invalid-graph");
    expect(refusal("MaxUnpool", { inputs: [x, indices, int64s(5, 5)], attributes }).code).toBe("invalid-graph");
  });
});
