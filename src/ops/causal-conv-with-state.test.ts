import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const x = tensor([2, 4, 8]);
const weight = tensor([4, 1, 3]);

function conv(rest: Partial<OperatorCase> = {}): OperatorCase {
  return { inputs: [x, weight], opset: 27, outputs: 2, ...rest };
}

describe("CausalConvWithState", () => {
  it("keeps the length, and as many positions as its kernel looks back", () => {
    const shapes = infer("CausalConvWithState", conv()).map(({ shape }) => shape);
    expect(shapes).toEqual([
      [2, 4, 8],
      [2, 4, 2],
    ]);
    const open = infer("CausalConvWithState", conv({ inputs: [tensor(["B", 4, "L"]), tensor(null)] }));
    expect(open.map(({ shape }) => shape)).toEqual([
      ["B", 4, "L"],
      ["B", 4, null],
    ]);
  });

  it("costs a tap for each element, a bias and the activation", () => {
    const elements = 2 * 4 * 8;
    expect(costOf("CausalConvWithState", conv())).toMatchObject({ macs: 3 * elements, flops: 6 * elements });
    const biased = conv({ inputs: [x, weight, tensor([4])], attributes: { activation: "silu" } });
    expect(costOf("CausalConvWithState", biased).flops).toBe(6 * elements + 6 * elements);
  });

  it.each([
    ["channels that see each other", [x, tensor([4, 2, 3])]],
    ["other channels", [x, tensor([5, 1, 3])]],
    ["an image", [tensor([2, 4, 8, 8]), weight]],
    ["no kernel", [x, tensor([4, 1, 0])]],
    ["a longer state", [x, weight, null, tensor([2, 4, 3])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("CausalConvWithState", conv({ inputs })).code).toBe("invalid-graph");
  });

  it("refuses an activation that it does not know", () => {
    expect(refusal("CausalConvWithState", conv({ attributes: { activation: "relu" } })).code).toBe("malformed");
  });
});
