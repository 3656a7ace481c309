import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, tensor, type OperatorCase } from "../../../test/helper/operator-case.js";

const DOMAIN = "ai.onnx.preview.training";
const rate = tensor([]);
const count = tensor([], { dtype: "int64" });

function step(groups: number, rest: Partial<OperatorCase> = {}): OperatorCase {
  const tensors = Array.from({ length: groups }, () => [tensor([4, 5]), tensor(["N"])]);
  return { domain: DOMAIN, opset: 1, inputs: [rate, count, ...tensors.flat()], outputs: 2 * (groups - 1), ...rest };
}

describe("optimizers", () => {
  it.each([
    ["Adagrad", 3],
    ["Momentum", 3],
    ["Adam", 4],
  ])("%s gives back the tensors and their accumulators", (type, groups) => {
    const shapes = infer(type, step(groups)).map(({ shape }) => shape);
    expect(shapes).toEqual(Array.from({ length: groups - 1 }, () => [[4, 5], ["N"]]).flat());
  });

  it.each([
    ["Adagrad", 3, {}, 9],
    ["Adam", 4, {}, 15],
    ["Momentum", 3, { mode: "standard" }, 7],
    ["Momentum", 3, { mode: "nesterov" }, 9],
  ])("%s of %i tensors with %j costs %i FLOPs an element", (type, groups, attributes, flops) => {
    const inputs = [rate, count, ...Array.from({ length: groups }, () => tensor([4, 5]))];
    expect(costOf(type, step(groups, { inputs, attributes, outputs: groups - 1 })).flops).toBe(20 * flops);
  });

  it("refuse gradients that are not as many or not as large", () => {
    const inputs = [rate, count, tensor([4]), tensor([4])];
    expect(refusal("Adagrad", step(3, { inputs })).code).toBe("invalid-graph");
    expect(refusal("Adagrad", step(3, { inputs: [...inputs, tensor([5])] })).code).toBe("invalid-graph");
    expect(refusal("Adagrad", step(3, { inputs: [rate, count] })).code).toBe("invalid-graph");
  });
});
