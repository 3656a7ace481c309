import { describe, expect, it } from "vitest";
import type { OnnxAttribute } from "../../onnx/types.js";
import { graphOf, nodeOf } from "../../../test/helper/onnx.js";
import { costOf, refusal, shapeOf, tensor, type OperatorCase } from "../../../test/helper/operator-case.js";

const q = tensor([2, 8, 16, 64]);
const k = tensor([2, 4, 24, 64]);
const v = tensor([2, 4, 24, 32]);
const scores = 2 * 8 * 16 * 24;

function attention(rest: Partial<OperatorCase> = {}): OperatorCase {
  return { domain: "ai.onnx.preview", opset: 1, inputs: [q, k, v], ...rest };
}

describe("FlexAttention", () => {
  it("has the positions of Q and the width of V", () => {
    expect(shapeOf("FlexAttention", attention())).toEqual([2, 8, 16, 32]);
    const open = [tensor(["B", 8, "S", 64]), tensor(null), tensor(["B", 4, "L", 64])];
    expect(shapeOf("FlexAttention", attention({ inputs: open }))).toEqual(["B", 8, "S", 64]);
  });

  it("costs two products, a scale and a softmax, and an operation for each node that modifies the scores", () => {
    expect(costOf("FlexAttention", attention())).toMatchObject({
      macs: scores * (64 + 32),
      flops: 2 * scores * (64 + 32) + scores * 6,
    });
    const nodes = [nodeOf("Constant", [], ["c"]), nodeOf("Mul", ["s", "c"], ["a"]), nodeOf("Tanh", ["a"], ["t"])];
    const modifier: OnnxAttribute = { kind: "graph", value: graphOf({ nodes, outputs: ["t"] }) };
    const modified = attention({ attributes: { score_mod: modifier } });
    expect(costOf("FlexAttention", modified).flops).toBe(2 * scores * (64 + 32) + scores * 8);
  });

  it.each([
    ["three dimensions", [tensor([2, 16, 64]), k, v]],
    ["another batch", [q, tensor([1, 4, 24, 64]), v]],
    ["another width", [q, tensor([2, 4, 24, 60]), v]],
    ["other positions", [q, k, tensor([2, 4, 25, 32])]],
    ["heads that do not share", [q, tensor([2, 3, 24, 64]), tensor([2, 3, 24, 32])]],
    ["no heads", [q, tensor([2, 0, 24, 64]), tensor([2, 0, 24, 32])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("FlexAttention", attention({ inputs })).code).toBe("invalid-graph");
  });
});
