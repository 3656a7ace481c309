import { expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

it("SwiGLU joins what two tensors of one shape tell of it, at 7 FLOPs an element", () => {
  expect(shapeOf("SwiGLU", { inputs: [tensor(["B", null]), tensor([null, 8])], opset: 28 })).toEqual(["B", 8]);
  expect(shapeOf("SwiGLU", { inputs: [tensor(null), tensor([2, 8])], opset: 28 })).toEqual([2, 8]);
  expect(costOf("SwiGLU", { inputs: [tensor([2, 8]), tensor([2, 8])], opset: 28 }).flops).toBe(7 * 16);
});

it.each([
  ["another rank", tensor([8])],
  ["a dimension that would broadcast", tensor([1, 8])],
])("SwiGLU refuses %s", (_, linear) => {
  expect(refusal("SwiGLU", { inputs: [tensor([2, 8]), linear], opset: 28 }).code).toBe("invalid-graph");
});
