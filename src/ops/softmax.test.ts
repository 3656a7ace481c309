import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("Softmax, LogSoftmax, Hardmax", () => {
  it("keep the shape", () => {
    for (const type of ["Softmax", "LogSoftmax", "Hardmax"]) {
      expect(shapeOf(type, { inputs: [tensor(["N", 12, 197])] })).toEqual(["N", 12, 197]);
    }
  });

  it("cost five FLOPs an element, also where old opsets flatten the input", () => {
    const inputs = [tensor([1, 12, 197, 197])];
    expect(costOf("Softmax", { inputs }).flops).toBe(5 * 12 * 197 * 197);
    expect(costOf("Softmax", { inputs, opset: 11 }).flops).toBe(5 * 12 * 197 * 197);
    expect(costOf("LogSoftmax", { inputs }).flops).toBe(5 * 12 * 197 * 197);
    expect(costOf("Hardmax", { inputs }).flops).toBe(2 * 12 * 197 * 197);
  });

  it("take axis 1 for the default up to opset 12, the last one since 13", () => {
    expect(shapeOf("Softmax", { inputs: [tensor([5])] })).toEqual([5]);
    expect(refusal("Softmax", { inputs: [tensor([5])], opset: 12 })).toMatchObject({ code: "invalid-graph", field: "axis" });
  });
});
