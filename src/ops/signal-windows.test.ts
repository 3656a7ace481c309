import { describe, expect, it } from "vitest";
import { costOf, infer, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const open = tensor([], { dtype: "int32" });

describe.each([
  ["HannWindow", 4],
  ["HammingWindow", 4],
  ["BlackmanWindow", 8],
])("%s", (type, flops) => {
  it("is as long as its input says", () => {
    expect(infer(type, { inputs: [int64s(400)] })[0]).toMatchObject({ dtype: "float32", shape: [400] });
    expect(infer(type, { inputs: [open], attributes: { output_datatype: 11 } })[0]).toMatchObject({
      dtype: "float64",
      shape: [null],
    });
  });

  it(`costs ${flops} FLOPs an element`, () => {
    expect(costOf(type, { inputs: [int64s(400)] }).flops).toBe(400 * flops);
  });

  it("refuses a negative length and a type that there is not", () => {
    expect(refusal(type, { inputs: [int64s(-1)] }).code).toBe("invalid-graph");
    expect(refusal(type, { inputs: [int64s(4)], attributes: { output_datatype: 99 } }).code).toBe("malformed");
  });
});

describe("MelWeightMatrix", () => {
  const rest = [tensor([], { dtype: "int64" }), tensor([]), tensor([])];

  it("has a row for each frequency and a column for each band", () => {
    expect(shapeOf("MelWeightMatrix", { inputs: [int64s(80), int64s(400), ...rest] })).toEqual([201, 80]);
    expect(shapeOf("MelWeightMatrix", { inputs: [int64s("M"), open, ...rest] })).toEqual([null, "M"]);
    expect(costOf("MelWeightMatrix", { inputs: [int64s(80), int64s(400), ...rest] }).flops).toBe(2 * 201 * 80);
  });
});
