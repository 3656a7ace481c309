import { describe, expect, it } from "vitest";
import type { ValueFact } from "./operator.js";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

function truths(...value: readonly number[]): ValueFact {
  return tensor([value.length], { dtype: "bool", value });
}

const open = tensor([3], { dtype: "bool" });

describe("Compress", () => {
  it("does not know how many are selected where that depends on data", () => {
    expect(shapeOf("Compress", { inputs: [tensor([3, "M"]), open], attributes: { axis: 0 } })).toEqual([null, "M"]);
    expect(shapeOf("Compress", { inputs: [tensor([3, 2]), open] })).toEqual([null]);
    expect(shapeOf("Compress", { inputs: [tensor(null), open], attributes: { axis: 0 } })).toBeNull();
  });

  it("counts them where the truth values are known", () => {
    const inputs = [tensor([3, 2], { dtype: "float16" }), truths(0, 1, 1)];
    expect(infer("Compress", { inputs, attributes: { axis: -2 } })[0]).toMatchObject({ dtype: "float16", shape: [2, 2] });
    expect(shapeOf("Compress", { inputs: [tensor([3, 2]), truths(0, 1, 0, 0, 1)] })).toEqual([2]);
    expect(shapeOf("Compress", { inputs: [tensor(null), truths(0, 1, 1)] })).toEqual([2]);
  });

  it("moves what is selected", () => {
    const cost = costOf("Compress", { inputs: [tensor([3, 2]), truths(0, 1, 1)], attributes: { axis: 0 } });
    expect(cost).toEqual({ macs: 0, flops: 0, bytesRead: 16 + 3, bytesWritten: 16 });
  });

  it.each([
    ["more truth values than slices", [tensor([2, 3]), open], { axis: 0 }],
    ["more truth values than elements", [tensor([2]), open], {}],
    ["a matrix of truth values", [tensor([2, 3]), tensor([2, 3], { dtype: "bool" })], {}],
    ["an axis outside the rank", [tensor([3, 3]), open], { axis: 2 }],
  ])("refuses %s", (_, inputs, attributes) => {
    expect(refusal("Compress", { inputs, attributes }).code).toBe("invalid-graph");
  });
});
