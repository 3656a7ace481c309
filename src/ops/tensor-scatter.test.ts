import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const cache = tensor([2, 8, 100, 64]);
const update = tensor([2, 8, 1, 64]);
const indices = tensor([2], { dtype: "int64" });

describe("TensorScatter", () => {
  it("is as large as the cache, which it copies", () => {
    expect(shapeOf("TensorScatter", { inputs: [cache, update, indices] })).toEqual([2, 8, 100, 64]);
    expect(shapeOf("TensorScatter", { inputs: [tensor(["B", 8, "S", 64]), update] })).toEqual(["B", 8, "S", 64]);
    const small = { inputs: [tensor([2, 4, 5]), tensor([2, 1, 5]), indices] };
    expect(costOf("TensorScatter", small)).toEqual({ macs: 0, flops: 0, bytesRead: 160 + 40 + 16, bytesWritten: 160 });
  });

  it.each([
    ["more positions than there are", [cache, tensor([2, 8, 101, 64])], {}],
    ["another width", [cache, tensor([2, 8, 1, 32])], {}],
    ["another rank", [cache, tensor([2, 1, 64])], {}],
    ["indices of another batch", [cache, update, tensor([3], { dtype: "int64" })], {}],
    ["the axis of the batch", [cache, update], { axis: 0 }],
    ["an axis outside the rank", [cache, update], { axis: 4 }],
  ])("refuses %s", (_, inputs, attributes) => {
    expect(refusal("TensorScatter", { inputs, attributes }).code).toBe("invalid-graph");
  });

  it("refuses a mode that it does not know", () => {
    expect(refusal("TensorScatter", { inputs: [cache, update], attributes: { mode: "random" } }).code).toBe("malformed");
  });
});
