import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, tensor, type OperatorCase } from "../../test/helper/operator-case.js";

const heads = { q_num_heads: 8, kv_num_heads: 4 };
const decay = tensor([2, 5, 4]);
const beta = tensor([2, 5, 1]);

/** 8 heads of queries over 4 of keys of 6 and values of 3, 5 positions. */
function attention(rule: string, rest: Partial<OperatorCase> = {}): OperatorCase {
  const inputs = [tensor([2, 5, 48]), tensor([2, 5, 24]), tensor([2, 5, 12]), null, decay, beta];
  return { inputs, attributes: { ...heads, update_rule: rule }, opset: 27, outputs: 2, ...rest };
}

describe("LinearAttention", () => {
  it("yields heads side by side, and the state", () => {
    const shapes = infer("LinearAttention", attention("gated_delta")).map(({ shape }) => shape);
    expect(shapes).toEqual([
      [2, 5, 24],
      [2, 4, 6, 3],
    ]);
  });

  it("keeps the state in the type that it came in", () => {
    const half = (...shape: number[]) => tensor(shape, { dtype: "float16" });
    const inputs = [half(2, 1, 48), half(2, 1, 24), half(2, 1, 12), tensor([2, 4, 6, 3])];
    const types = infer("LinearAttention", attention("linear", { inputs })).map(({ dtype }) => dtype);
    expect(types).toEqual(["float16", "float32"]);
  });

  const states = 2 * 5 * 6 * 3;
  const output = 2 * 5 * 24;

  it.each([
    ["linear", 8 + 4, 0],
    ["gated", 8 + 4, 4 * states + 2 * 5 * 4],
    ["delta", 8 + 2 * 4, 0],
    ["gated_delta", 8 + 2 * 4, 4 * states + 2 * 5 * 4],
  ])("by the rule %s counts %i products for each element of the state and position", (rule, products, gating) => {
    const { macs, flops } = costOf("LinearAttention", attention(rule));
    expect(macs).toBe(states * products);
    expect(flops).toBe(2 * macs + gating + output);
  });

  it("leaves open what it cannot tell", () => {
    const inputs = [tensor(["B", "S", 48]), tensor(["B", "S", 24]), tensor(["B", "S", null])];
    const shapes = infer("LinearAttention", attention("linear", { inputs })).map(({ shape }) => shape);
    expect(shapes).toEqual([
      ["B", "S", null],
      ["B", 4, 6, null],
    ]);
  });

  it.each([
    ["other widths of heads", [tensor([2, 5, 48]), tensor([2, 5, 20]), tensor([2, 5, 12])]],
    ["other positions", [tensor([2, 5, 48]), tensor([2, 4, 24]), tensor([2, 4, 12])]],
    ["an axis for heads", [tensor([2, 8, 5, 6]), tensor([2, 5, 24]), tensor([2, 5, 12])]],
  ])("refuses %s", (_, inputs) => {
    expect(refusal("LinearAttention", attention("linear", { inputs })).code).toBe("invalid-graph");
  });

  it("refuses a rule without the inputs that it needs, heads that do not share, and a rule that it does not know", () => {
    const inputs = [tensor([2, 5, 48]), tensor([2, 5, 24]), tensor([2, 5, 12])];
    expect(refusal("LinearAttention", attention("gated", { inputs })).field).toBe("decay");
    expect(refusal("LinearAttention", attention("delta", { inputs })).field).toBe("beta");
    const attributes = { q_num_heads: 6, kv_num_heads: 4, update_rule: "linear" };
    expect(refusal("LinearAttention", attention("linear", { attributes })).code).toBe("invalid-graph");
    expect(refusal("LinearAttention", attention("quadratic")).code).toBe("malformed");
  });
});
