import { describe, expect, it } from "vitest";
import type { Shape } from "../onnx/types.js";
import { costOf, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

function einsum(equation: string, ...shapes: readonly Shape[]) {
  return { inputs: shapes.map((shape) => tensor(shape)), attributes: { equation } };
}

describe("Einsum", () => {
  // Frozen from ONNX Runtime 1.32.
  it.each([
    ["ij,jk->ik", [[2, 3], [3, 4]], [2, 4]],
    ["bij,bjk", [[5, 2, 3], [5, 3, 4]], [2, 4]],
    ["...ij,...jk->...ik", [[5, 2, 3], [1, 3, 4]], [5, 2, 4]],
    ["ii->i", [[3, 3]], [3]],
    ["ii", [[3, 3]], []],
    ["ij->ji", [[2, 3]], [3, 2]],
    ["bhqd,bhkd->bhqk", [[1, 2, 3, 4], [1, 2, 5, 4]], [1, 2, 3, 5]],
    ["...ij->...", [[2, 3, 4]], [2]],
    ["ba,cb", [[2, 3], [4, 2]], [3, 4]],
    ["a...,...b->ab...", [[2, 6], [6, 3]], [2, 3, 6]],
    [" i j , j k -> i k", [[2, 3], [3, 4]], [2, 4]],
  ] as const)("%s of %o is %o", (equation, shapes, result) => {
    expect(shapeOf("Einsum", einsum(equation, ...shapes))).toEqual(result);
  });

  it("passes symbols on", () => {
    expect(shapeOf("Einsum", einsum("bij,bjk->bik", ["B", "T", 8], ["B", 8, 4]))).toEqual(["B", "T", 4]);
    expect(shapeOf("Einsum", einsum("ij,jk->ik", null, [8, 4]))).toEqual([null, 4]);
    expect(shapeOf("Einsum", einsum("...j->...", null))).toBeNull();
  });

  it("counts a contraction's MACs over all labels", () => {
    expect(costOf("Einsum", einsum("ij,jk->ik", [2, 3], [3, 4]))).toMatchObject({ macs: 24, flops: 48 });
    expect(costOf("Einsum", einsum("bhqd,bhkd->bhqk", [1, 12, 197, 64], [1, 12, 197, 64])).macs).toBe(12 * 197 * 197 * 64);
  });

  it("contracts from left to right", () => {
    expect(costOf("Einsum", einsum("ij,jk,kl->il", [2, 3], [3, 4], [4, 5])).macs).toBe(2 * 3 * 4 + 2 * 4 * 5);
  });

  it("counts products that sum nothing, and sums that multiply nothing, as single FLOPs", () => {
    expect(costOf("Einsum", einsum("i,j->ij", [2], [3]))).toMatchObject({ macs: 0, flops: 6 });
    expect(costOf("Einsum", einsum("ij->i", [2, 3]))).toMatchObject({ macs: 0, flops: 6 });
    expect(costOf("Einsum", einsum("ij->ji", [2, 3]))).toMatchObject({ macs: 0, flops: 0 });
  });

  it.each([
    ["malformed", "ij,jk", [[2, 3]]],
    ["malformed", "ij->ii", [[2, 3]]],
    ["malformed", "ij->k", [[2, 3]]],
    ["malformed", "i1->i", [[2, 3]]],
    ["malformed", "ij->i->j", [[2, 3]]],
    ["malformed", "......->i", [[2, 3]]],
    ["invalid-graph", "ijk->i", [[2, 3]]],
    ["invalid-graph", "i->i", [[2, 3]]],
    ["invalid-graph", "ij,jk->ik", [[2, 3], [4, 5]]],
    ["invalid-graph", "ii->i", [[2, 3]]],
  ] as const)("refuses as %s: %s of %o", (code, equation, shapes) => {
    expect(refusal("Einsum", einsum(equation, ...shapes)).code).toBe(code);
  });

  it("wants an equation", () => {
    expect(refusal("Einsum", { inputs: [tensor([2])] })).toMatchObject({ code: "malformed", field: "equation" });
  });
});
