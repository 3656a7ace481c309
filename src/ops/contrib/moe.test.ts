import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";
const text = (value: string) => ({ kind: "string", value }) as const;

describe("MoE", () => {
  // 10 tokens of 8, 4 experts of 16 rows, each token through 2.
  const inputs = [tensor([2, 5, 8]), tensor([10, 4]), tensor([4, 16, 8]), tensor([4, 16]), tensor([4, 8, 16]), null];
  const node = { domain, inputs, attributes: { k: 2, activation_type: text("gelu") } };

  it("sends each token through k experts", () => {
    expect(shapeOf("MoE", node)).toEqual([2, 5, 8]);
    const { macs, flops } = costOf("MoE", node);
    expect(macs).toBe(10 * 2 * 2 * 8 * 16);
    expect(flops).toBe(2 * macs + 10 * 4 * 5 + 10 * 2 * (16 * (5 + 1) + 2 * 8));
  });

  it("reads the experts that its tokens can go through, and no more", () => {
    const experts = 4 * 4 * (16 * 8 + 16 + 8 * 16);
    expect(costOf("MoE", node).bytesRead).toBe(4 * (80 + 40) + experts);
    const one = { ...node, inputs: [tensor([1, 8]), tensor([1, 4]), ...inputs.slice(2)] };
    expect(costOf("MoE", one).bytesRead).toBe(4 * (8 + 4) + experts / 2);
  });

  it("makes the gate in a layer of its own, or in half of the first", () => {
    const swiglu = { k: 2, activation_type: text("swiglu") };
    const fused = { ...node, attributes: swiglu, inputs: [...inputs.slice(0, 4), tensor([4, 8, 8])] };
    expect(costOf("MoE", fused).macs).toBe(10 * 2 * (8 * 16 + 8 * 8));
    const apart = { ...node, attributes: swiglu, inputs: [...inputs, tensor([4, 16, 8])] };
    expect(costOf("MoE", apart).macs).toBe(10 * 2 * 3 * 8 * 16);
    const odd = [tensor([10, 8]), tensor([10, 4]), tensor([4, 15, 8]), null, tensor([4, 8, 7])];
    expect(refusal("MoE", { ...fused, inputs: odd }).field).toBe("experts_weights");
  });

  it("refuses experts that the router does not know, and activations that nobody does", () => {
    expect(refusal("MoE", { ...node, inputs: [tensor([2, 5, 8]), tensor([10, 3]), ...inputs.slice(2)] }).field).toBe("experts_weights");
    expect(refusal("MoE", { ...node, attributes: { activation_type: text("toString") } }).code).toBe("malformed");
    expect(refusal("MoE", { ...node, attributes: { k: 0 } }).code).toBe("malformed");
  });

  it("packed in 4 bits, multiplies what the plain one does and dequantizes what it reads", () => {
    const bytes = (...shape: number[]) => tensor(shape, { dtype: "uint8" });
    const packed = [tensor([10, 8]), tensor([10, 4]), bytes(4, 16, 4), tensor([4, 16]), null, bytes(4, 8, 8), tensor([4, 8])];
    const { macs, flops } = costOf("QMoE", { domain, inputs: packed, attributes: { k: 1 } });
    expect(macs).toBe(10 * 2 * 8 * 16);
    expect(flops).toBe(2 * macs + 10 * 4 * 5 + 10 * (16 + 2 * 8) + 2 * 4 * 2 * 8 * 16);
  });
});
