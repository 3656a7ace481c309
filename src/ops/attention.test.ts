import { describe, expect, it } from "vitest";
import { costOf, float, infer, refusal, shapeOf, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const q = tensor([2, 8, 4, 16]);
const k = tensor([2, 2, 6, 16]);
const v = tensor([2, 2, 6, 10]);
const scores = 2 * 8 * 4 * 6;

function shapes(node: OperatorCase): readonly unknown[] {
  return infer("Attention", node).map(({ shape }) => shape);
}

describe("Attention", () => {
  it("has the positions of Q and the width of V, heads of K and V shared by groups", () => {
    expect(shapeOf("Attention", { inputs: [q, k, v] })).toEqual([2, 8, 4, 10]);
  });

  it("takes heads that lie side by side, and lays its output out as Q is", () => {
    const inputs = [tensor([2, 4, 128]), tensor([2, 6, 32]), tensor([2, 6, 20])];
    const attributes = { q_num_heads: 8, kv_num_heads: 2 };
    expect(shapes({ inputs, attributes, outputs: 4 })).toEqual([
      [2, 4, 80],
      [2, 2, 6, 16],
      [2, 2, 6, 10],
      [2, 8, 4, 6],
    ]);
  });

  it("looks at the past as well, and hands it on", () => {
    const past = [tensor([2, 2, 12, 16]), tensor([2, 2, 12, 10])];
    const node = { inputs: [q, k, v, null, ...past], outputs: 4 };
    expect(shapes(node)).toEqual([
      [2, 8, 4, 10],
      [2, 2, 18, 16],
      [2, 2, 18, 10],
      [2, 8, 4, 18],
    ]);
    expect(costOf("Attention", node).macs).toBe(3 * scores * (16 + 10));
  });

  it("keeps the types of the past and of scores apart from that of V", () => {
    const half = { dtype: "float16" } as const;
    const inputs = [tensor([1, 2, 3, 8], half), tensor([1, 2, 3, 8], half), tensor([1, 2, 3, 8], { dtype: "bfloat16" })];
    const types = infer("Attention", { inputs, outputs: 4 }).map(({ dtype }) => dtype);
    expect(types).toEqual(["float16", "float16", "bfloat16", "float16"]);
  });

  it("costs two products, and for each score a scale, a softmax, a mask and the soft cap", () => {
    const macs = scores * (16 + 10);
    expect(costOf("Attention", { inputs: [q, k, v] })).toMatchObject({ macs, flops: 2 * macs + 6 * scores });
    const masked = { inputs: [q, k, v, tensor([4, 6])], attributes: { softcap: float(2) } };
    expect(costOf("Attention", masked).flops).toBe(2 * macs + (6 + 1 + 7) * scores);
    const causal = { inputs: [q, k, v], attributes: { is_causal: 1 } };
    expect(costOf("Attention", causal).flops).toBe(2 * macs + 6 * scores);
  });

  it("leaves open what it cannot tell", () => {
    const inputs = [tensor(["B", 8, "S", 16]), tensor(["B", 2, "L", 16]), tensor(null)];
    expect(shapes({ inputs, outputs: 4 })).toEqual([
      ["B", 8, "S", null],
      ["B", 2, "L", 16],
      ["B", 2, "L", null],
      ["B", 8, "S", "L"],
    ]);
    expect(shapeOf("Attention", { inputs: [tensor(null), k, v] })).toBeNull();
  });

  it("takes a mask that is shorter than the positions", () => {
    expect(shapeOf("Attention", { inputs: [q, k, v, tensor([2, 1, 4, 3])] })).toEqual([2, 8, 4, 10]);
  });

  it.each([
    ["another batch", [q, tensor([1, 2, 6, 16]), v]],
    ["another width", [q, tensor([2, 2, 6, 15]), v]],
    ["other positions", [q, k, tensor([2, 2, 7, 10])]],
    ["heads that do not share", [q, tensor([2, 3, 6, 16]), tensor([2, 3, 6, 10])]],
    ["two axes", [tensor([4, 16]), k, v]],
    ["heads without a number", [tensor([2, 4, 128]), k, v]],
    ["a past key alone", [q, k, v, null, tensor([2, 2, 12, 16])]],
    ["a mask of other queries", [q, k, v, tensor([5, 6])]],
    ["a mask without axes", [q, k, v, tensor([])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("Attention", { inputs }).code).toBe("invalid-graph");
  });

  it("refuses heads that do not divide the width, and none", () => {
    const inputs = [tensor([2, 4, 100]), k, v];
    expect(refusal("Attention", { inputs, attributes: { q_num_heads: 8 } }).code).toBe("invalid-graph");
    expect(refusal("Attention", { inputs, attributes: { q_num_heads: 0 } }).code).toBe("malformed");
  });
});
