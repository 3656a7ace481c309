import { describe, expect, it } from "vitest";
import { lookupOperator } from "./index.js";
import { nodeOf } from "../../test/helper/onnx.js";
import { costOf, infer, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const boxes = tensor([2, 100, 4]);
const scores = tensor([2, 5, 100]);

describe("NonMaxSuppression", () => {
  it("does not know how many boxes are kept", () => {
    const [kept] = infer("NonMaxSuppression", { inputs: [boxes, scores, int64s(10)] });
    expect(kept).toMatchObject({ dtype: "int64", shape: [null, 3] });
    const open = tensor([1], { dtype: "int64" });
    expect(shapeOf("NonMaxSuppression", { inputs: [boxes, scores, open] })).toEqual([null, 3]);
  });

  it("keeps none unless a number is given", () => {
    expect(shapeOf("NonMaxSuppression", { inputs: [boxes, scores] })).toEqual([0, 3]);
    expect(shapeOf("NonMaxSuppression", { inputs: [boxes, scores, int64s(0)] })).toEqual([0, 3]);
    expect(costOf("NonMaxSuppression", { inputs: [boxes, scores] }).flops).toBe(1000 * (1 + 7));
  });

  it("compares each box that is kept with all, where the file states how many there are", () => {
    const operator = lookupOperator("", "NonMaxSuppression", 11);
    const inputs = [boxes, scores, int64s(10)];
    const node = nodeOf("NonMaxSuppression", ["boxes", "scores", "most"], ["kept"]);
    const outputs = [tensor([30, 3], { dtype: "int64" })];
    const cost = operator?.cost({ node, opset: 11, attributes: null, inputs, outputs });
    expect(cost?.flops).toBe(1000 * (1 + 7) + 30 * 100 * 10);
  });

  it.each([
    ["boxes of five elements", [tensor([2, 100, 5]), scores]],
    ["another batch", [tensor([1, 100, 4]), scores]],
    ["other boxes", [tensor([2, 99, 4]), scores]],
    ["scores without classes", [boxes, tensor([2, 100])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("NonMaxSuppression", { inputs }).code).toBe("invalid-graph");
  });
});
