import { describe, expect, it } from "vitest";
import type { Shape } from "../onnx/types.js";
import type { ValueFact } from "./operator.js";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

/** X, and the four vectors of BatchNormalization. */
function batch(x: Shape, channels: number): readonly ValueFact[] {
  return [tensor(x), ...Array.from({ length: 4 }, () => tensor([channels]))];
}

function shapes(facts: readonly ValueFact[]): readonly Shape[] {
  return facts.map((fact) => fact.shape);
}

describe("BatchNormalization", () => {
  it("keeps the shape at two FLOPs an element", () => {
    const node = { inputs: batch([1, 64, 56, 56], 64) };
    expect(shapes(infer("BatchNormalization", node))).toEqual([[1, 64, 56, 56]]);
    expect(costOf("BatchNormalization", node)).toEqual({
      macs: 0,
      flops: 2 * 64 * 56 * 56,
      bytesRead: 4 * (64 * 56 * 56 + 4 * 64),
      bytesWritten: 4 * 64 * 56 * 56,
    });
  });

  it("returns the running statistics of training mode, and pays for them", () => {
    const node = { inputs: batch([2, 8, 4], 8), attributes: { training_mode: 1 }, outputs: 3, opset: 15 };
    expect(shapes(infer("BatchNormalization", node))).toEqual([[2, 8, 4], [8], [8]]);
    expect(costOf("BatchNormalization", node).flops).toBe(5 * 64);
  });

  it("returns the four statistics that files before opset 14 ask for", () => {
    const node = { inputs: batch([2, 8, 4, 4], 8), outputs: 5, opset: 9 };
    expect(shapes(infer("BatchNormalization", node))).toEqual([[2, 8, 4, 4], [8], [8], [8], [8]]);
    expect(costOf("BatchNormalization", node).flops).toBe(5 * 256);
  });

  it("takes statistics for each element when spatial is 0 (up to opset 8)", () => {
    const perElement = [tensor([2, 8, 4]), ...Array.from({ length: 4 }, () => tensor([8, 4]))];
    const node = { inputs: perElement, attributes: { spatial: 0 }, opset: 7, outputs: 2 };
    expect(shapes(infer("BatchNormalization", node))).toEqual([[2, 8, 4], [8, 4]]);
  });

  it("passes unknown channels, and refuses vectors of another length", () => {
    expect(shapeOf("BatchNormalization", { inputs: batch(["N", null, "H"], 8) })).toEqual(["N", null, "H"]);
    expect(refusal("BatchNormalization", { inputs: batch([1, 64, 8, 8], 32) })).toMatchObject({
      code: "invalid-graph",
      field: "scale",
    });
  });
});

describe("LayerNormalization and RMSNormalization", () => {
  const x = tensor([2, 197, 768]);
  const vector = tensor([768]);

  it("return the statistics with the normalized axes reduced to 1", () => {
    const facts = infer("LayerNormalization", { inputs: [x, vector, vector], outputs: 3 });
    expect(shapes(facts)).toEqual([
      [2, 197, 768],
      [2, 197, 1],
      [2, 197, 1],
    ]);
  });

  it("return them in float32 also for half precision", () => {
    const half = { dtype: "float16" } as const;
    const facts = infer("LayerNormalization", { inputs: [tensor([2, 8], half), tensor([8], half)], outputs: 2 });
    expect(facts.map((fact) => fact.dtype)).toEqual(["float16", "float32"]);
  });

  it("cost 6 FLOPs an element, 7 with a bias; the root mean square 4", () => {
    const elements = 2 * 197 * 768;
    expect(costOf("LayerNormalization", { inputs: [x, vector] }).flops).toBe(6 * elements);
    expect(costOf("LayerNormalization", { inputs: [x, vector, vector] }).flops).toBe(7 * elements);
    expect(costOf("RMSNormalization", { inputs: [x, vector] }).flops).toBe(4 * elements);
  });

  it("refuse an axis outside the rank and a scale that does not fit", () => {
    expect(refusal("LayerNormalization", { inputs: [x, vector], attributes: { axis: 3 } }).code).toBe("invalid-graph");
    expect(refusal("LayerNormalization", { inputs: [x, tensor([4])] })).toMatchObject({ field: "scale" });
    expect(refusal("RMSNormalization", { inputs: [tensor([]), vector] }).code).toBe("invalid-graph");
  });
});

describe("InstanceNormalization and GroupNormalization", () => {
  it("cost 5 FLOPs an element", () => {
    const inputs = [tensor([2, 6, 4, 4]), tensor([6]), tensor([6])];
    expect(costOf("InstanceNormalization", { inputs }).flops).toBe(5 * 192);
    expect(costOf("GroupNormalization", { inputs, attributes: { num_groups: 3 } }).flops).toBe(5 * 192);
  });

  it("scale each group in opset 18, each channel since 21", () => {
    const perGroup = { inputs: [tensor([2, 6, 4, 4]), tensor([3]), tensor([3])], attributes: { num_groups: 3 } };
    expect(shapeOf("GroupNormalization", { ...perGroup, opset: 18 })).toEqual([2, 6, 4, 4]);
    expect(refusal("GroupNormalization", { ...perGroup, opset: 21 })).toMatchObject({ field: "scale" });
  });

  it("refuse groups that do not divide the channels, and no groups at all", () => {
    const inputs = [tensor([2, 6, 4, 4]), tensor([6]), tensor([6])];
    expect(refusal("GroupNormalization", { inputs, attributes: { num_groups: 4 } }).code).toBe("invalid-graph");
    expect(refusal("GroupNormalization", { inputs, attributes: { num_groups: 0 } }).code).toBe("malformed");
    expect(refusal("GroupNormalization", { inputs }).code).toBe("malformed");
  });
});

describe("LRN, LpNormalization, MeanVarianceNormalization", () => {
  const inputs = [tensor([1, 96, 55, 55])];
  const elements = 96 * 55 * 55;

  it("LRN costs two FLOPs for each channel of the window and four more (AlexNet's first)", () => {
    expect(costOf("LRN", { inputs, attributes: { size: 5 } }).flops).toBe(14 * elements);
    expect(refusal("LRN", { inputs, attributes: { size: 0 } }).code).toBe("malformed");
    expect(refusal("LRN", { inputs: [tensor([5])], attributes: { size: 3 } }).code).toBe("invalid-graph");
  });

  it("LpNormalization knows the norms 1 and 2", () => {
    expect(costOf("LpNormalization", { inputs, attributes: { p: 1 } }).flops).toBe(3 * elements);
    expect(refusal("LpNormalization", { inputs, attributes: { p: 3 } })).toMatchObject({ code: "malformed", field: "p" });
    expect(refusal("LpNormalization", { inputs, attributes: { axis: 4 } }).code).toBe("invalid-graph");
  });

  it("MeanVarianceNormalization costs 5 FLOPs an element", () => {
    expect(costOf("MeanVarianceNormalization", { inputs }).flops).toBe(5 * elements);
    expect(refusal("MeanVarianceNormalization", { inputs, attributes: { axes: [0, 0] } }).code).toBe("invalid-graph");
  });
});
