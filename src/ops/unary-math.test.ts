import { describe, expect, it } from "vitest";
import { costOf, infer, int64s, tensor, valueOf } from "../../test/helper/operator-case.js";

describe("mathematical functions", () => {
  it("cost one FLOP an element, whatever a library spends on them", () => {
    for (const type of ["Exp", "Log", "Sqrt", "Erf", "Sin", "Neg", "Abs", "Floor", "Round", "Reciprocal"]) {
      expect(costOf(type, { inputs: [tensor([3, 4])] }).flops).toBe(12);
    }
  });

  it("calculate small known elements", () => {
    expect(valueOf("Neg", { inputs: [int64s(1, -2, "N", null)] })).toEqual([-1, 2, null, null]);
    expect(valueOf("Abs", { inputs: [int64s(-7)] })).toEqual([7]);
    const halves = tensor([4], { value: [0.5, 1.5, 2.5, -1.5] });
    expect(valueOf("Round", { inputs: [halves] })).toEqual([0, 2, 2, -2]);
    expect(valueOf("Floor", { inputs: [halves] })).toEqual([0, 1, 2, -2]);
    expect(valueOf("Ceil", { inputs: [halves] })).toEqual([1, 2, 3, -1]);
  });

  it("round to the element type, and say nothing of what is not finite", () => {
    expect(valueOf("Sqrt", { inputs: [tensor([2], { value: [2, -1] })] })).toEqual([Math.fround(Math.SQRT2), null]);
    expect(valueOf("Reciprocal", { inputs: [tensor([1], { value: [0] })] })).toEqual([null]);
    expect(valueOf("Sqrt", { inputs: [tensor([1], { dtype: "float16", value: [4] })] })).toEqual([null]);
  });

  it("answer with truth values where they test", () => {
    expect(infer("IsNaN", { inputs: [tensor([2])] })[0]?.dtype).toBe("bool");
    expect(infer("IsInf", { inputs: [tensor([2])], attributes: { detect_negative: 0 } })[0]?.dtype).toBe("bool");
  });
});
