import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const scores = tensor([3, 5, 6]);
const labels = tensor([3, 6], { dtype: "int64" });
const weights = tensor([5]);

describe.each(["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"])("%s", (type) => {
  it("is a scalar, or a loss for each label where it is not reduced", () => {
    expect(shapeOf(type, { inputs: [scores, labels] })).toEqual([]);
    expect(shapeOf(type, { inputs: [scores, labels], attributes: { reduction: "sum" } })).toEqual([]);
    expect(shapeOf(type, { inputs: [scores, labels], attributes: { reduction: "none" } })).toEqual([3, 6]);
  });

  it("learns the labels' shape from either", () => {
    const attributes = { reduction: "none" };
    expect(shapeOf(type, { inputs: [tensor(null), labels], attributes })).toEqual([3, 6]);
    expect(shapeOf(type, { inputs: [tensor(["N", 5, null]), tensor(null)], attributes })).toEqual(["N", null]);
    expect(shapeOf(type, { inputs: [tensor([3, 5, null]), tensor(["N", 6])], attributes })).toEqual([3, 6]);
  });

  it.each([
    ["labels of another rank", [scores, tensor([3])]],
    ["other labels", [scores, tensor([3, 7])]],
    ["weights of other classes", [scores, labels, tensor([6])]],
    ["scores without classes", [tensor([3]), tensor([3])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal(type, { inputs, attributes: { reduction: "none" } }).code).toBe("invalid-graph");
  });

  it("refuses a reduction that it does not know", () => {
    expect(refusal(type, { inputs: [scores, labels], attributes: { reduction: "max" } }).code).toBe("malformed");
  });
});

describe("the cost of a loss", () => {
  it.each([
    ["none", [scores, labels], 1],
    ["mean", [scores, labels], 2],
    ["sum", [scores, labels, weights], 3],
  ])("reduced by %s is that of each label, and a log of a softmax before it", (reduction, inputs, flops) => {
    const node = { inputs, attributes: { reduction } };
    expect(costOf("NegativeLogLikelihoodLoss", node).flops).toBe(18 * flops);
    expect(costOf("SoftmaxCrossEntropyLoss", node).flops).toBe(90 * 5 + 18 * flops);
  });
});

it("SoftmaxCrossEntropyLoss hands on the probabilities, as large as the scores", () => {
  const half = tensor(["N", 5], { dtype: "float16" });
  const facts = infer("SoftmaxCrossEntropyLoss", { inputs: [half, tensor(["N"], { dtype: "int32" })], outputs: 2 });
  expect(facts.map(({ dtype, shape }) => [dtype, shape])).toEqual([
    ["float16", []],
    ["float16", ["N", 5]],
  ]);
});
