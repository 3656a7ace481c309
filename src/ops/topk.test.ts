import { describe, expect, it } from "vitest";
import { costOf, infer, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("TopK", () => {
  it("returns k values and where they were", () => {
    const facts = infer("TopK", { inputs: [tensor([2, 1000]), int64s(5)], outputs: 2 });
    expect(facts.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ["float32", [2, 5]],
      ["int64", [2, 5]],
    ]);
  });

  it("reads k from an attribute in opset 1, from an input since 10", () => {
    expect(shapeOf("TopK", { inputs: [tensor([2, 9])], attributes: { k: 4, axis: 1 }, opset: 1 })).toEqual([2, 4]);
    expect(shapeOf("TopK", { inputs: [tensor([2, 9]), int64s("K")], attributes: { axis: 0 } })).toEqual(["K", 9]);
    expect(shapeOf("TopK", { inputs: [tensor([2, 9]), tensor([1], { dtype: "int64" })] })).toEqual([2, null]);
    expect(shapeOf("TopK", { inputs: [tensor(null), int64s(5)] })).toBeNull();
  });

  it("passes every element through a heap of k", () => {
    expect(costOf("TopK", { inputs: [tensor([2, 1000]), int64s(5)] }).flops).toBe(2000 * (1 + 3));
    expect(costOf("TopK", { inputs: [tensor([2, 1000]), int64s(1)] }).flops).toBe(2000);
  });

  it.each([
    ["more than there are", int64s(10), {}],
    ["a negative number", int64s(-1), {}],
    ["an axis outside the rank", int64s(1), { axis: 2 }],
  ])("refuses %s", (_, k, attributes) => {
    expect(refusal("TopK", { inputs: [tensor([2, 9]), k], attributes }).code).toBe("invalid-graph");
  });

  it("refuses a k of 0 in opset 1", () => {
    expect(refusal("TopK", { inputs: [tensor([2, 9])], opset: 1 }).code).toBe("malformed");
  });
});
