import { describe, expect, it } from "vitest";
import { costOf, infer, int64s, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

const indices = tensor(["N", 3], { dtype: "int64" });
const values = tensor([2], { dtype: "float16" });

describe("OneHot", () => {
  it("has an axis of the depth more, and the type of the values", () => {
    const inputs = [indices, int64s(10), values];
    expect(infer("OneHot", { inputs })[0]).toMatchObject({ dtype: "float16", shape: ["N", 3, 10] });
    expect(shapeOf("OneHot", { inputs, attributes: { axis: 1 } })).toEqual(["N", 10, 3]);
    expect(shapeOf("OneHot", { inputs, attributes: { axis: -3 } })).toEqual([10, "N", 3]);
  });

  it("takes a depth that is a float, a symbol or not known", () => {
    expect(shapeOf("OneHot", { inputs: [indices, tensor([], { value: [12] }), values] })).toEqual(["N", 3, 12]);
    expect(shapeOf("OneHot", { inputs: [indices, int64s("D"), values] })).toEqual(["N", 3, "D"]);
    expect(shapeOf("OneHot", { inputs: [indices, tensor([], { dtype: "int64" }), values] })).toEqual(["N", 3, null]);
    expect(shapeOf("OneHot", { inputs: [tensor(null), int64s(10), values] })).toBeNull();
  });

  it("costs bytes", () => {
    const inputs = [tensor([3], { dtype: "int64" }), int64s(10), tensor([2])];
    expect(costOf("OneHot", { inputs })).toEqual({ macs: 0, flops: 0, bytesRead: 24 + 8 + 8, bytesWritten: 120 });
  });

  it("refuses a negative depth, an axis outside the rank, and values that are no vector", () => {
    expect(refusal("OneHot", { inputs: [indices, int64s(-1), values] }).code).toBe("invalid-graph");
    expect(refusal("OneHot", { inputs: [indices, int64s(2), values], attributes: { axis: 3 } }).code).toBe("invalid-graph");
    expect(refusal("OneHot", { inputs: [indices, int64s(2), tensor([])] }).code).toBe("invalid-graph");
  });
});
