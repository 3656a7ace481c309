import { describe, expect, it } from "vitest";
import type { OperatorCase } from "../../test/helper/operator-case.js";
import { costOf, infer, int64s, refusal, tensor } from "../../test/helper/operator-case.js";

function shapes(node: OperatorCase): readonly unknown[] {
  return infer("Unique", { ...node, outputs: 4 }).map(({ shape }) => shape);
}

describe("Unique", () => {
  it("does not know how many elements are distinct, but how many there are", () => {
    expect(shapes({ inputs: [tensor([2, 3])] })).toEqual([[null], [null], [6], [null]]);
    expect(shapes({ inputs: [tensor(["N"])] })).toEqual([[null], [null], ["N"], [null]]);
    expect(shapes({ inputs: [tensor(null)] })).toEqual([[null], [null], [null], [null]]);
    const types = infer("Unique", { inputs: [tensor([2, 3])], outputs: 4 }).map(({ dtype }) => dtype);
    expect(types).toEqual(["float32", "int64", "int64", "int64"]);
  });

  it("looks at slices along an axis", () => {
    const attributes = { axis: -2 };
    expect(shapes({ inputs: [tensor(["N", 3, 4])], attributes })).toEqual([["N", null, 4], [null], [3], [null]]);
    expect(shapes({ inputs: [tensor(null)], attributes })).toEqual([null, [null], [null], [null]]);
  });

  it("counts them where the elements are known", () => {
    expect(shapes({ inputs: [int64s(2, 1, 1, 3, 4, 3)] })).toEqual([[4], [4], [6], [4]]);
    const matrix = tensor([3, 3], { value: [1, 0, 0, 1, 0, 0, 2, 3, 4] });
    expect(shapes({ inputs: [matrix], attributes: { axis: 0 } })).toEqual([[2, 3], [2], [3], [2]]);
    expect(shapes({ inputs: [matrix], attributes: { axis: 1 } })).toEqual([[3, 3], [3], [3], [3]]);
    const columns = tensor([2, 3], { value: [1, 1, 2, 5, 5, 5] });
    expect(shapes({ inputs: [columns], attributes: { axis: 1 } })).toEqual([[2, 2], [2], [3], [2]]);
  });

  it("does not count what is unknown or no number, nor slices without elements", () => {
    expect(shapes({ inputs: [int64s(1, "N")] })[0]).toEqual([null]);
    expect(shapes({ inputs: [tensor([2], { value: [NaN, NaN] })] })[0]).toEqual([null]);
    const empty = tensor([2 ** 40, 0], { value: [] });
    expect(shapes({ inputs: [empty], attributes: { axis: 0 } })).toEqual([[null, 0], [null], [2 ** 40], [null]]);
  });

  it("costs a sort", () => {
    expect(costOf("Unique", { inputs: [int64s(1, 2, 3, 4)] }).flops).toBe(4 * (1 + 2));
    const rows = tensor([4, 2], { value: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(costOf("Unique", { inputs: [rows], attributes: { axis: 0 } }).flops).toBe(8 * (1 + 2));
  });

  it("refuses an axis outside the rank", () => {
    expect(refusal("Unique", { inputs: [tensor([3])], attributes: { axis: 1 } }).code).toBe("invalid-graph");
  });
});
