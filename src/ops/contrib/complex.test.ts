import { describe, expect, it } from "vitest";
import { costOf, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "com.microsoft";

describe("ComplexMul and ComplexMulConj", () => {
  it.each(["ComplexMul", "ComplexMulConj"])("%s broadcasts numbers of two parts", (type) => {
    const node = { domain, inputs: [tensor([2, 3, 2]), tensor([3, 2])] };
    expect(shapeOf(type, node)).toEqual([2, 3, 2]);
    expect(costOf(type, node).flops).toBe(6 * 2 * 3);
    expect(refusal(type, { domain, inputs: [tensor([2, 3]), tensor([3, 2])] }).field).toBe("A");
  });
});
