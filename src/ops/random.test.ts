import { describe, expect, it } from "vitest";
import { costOf, infer, refusal, shapeOf, tensor } from "../../test/helper/operator-case.js";

describe("RandomUniform and RandomNormal", () => {
  it("have the shape and type that the node spells out", () => {
    expect(infer("RandomNormal", { inputs: [], attributes: { shape: [2, 3] } })[0]).toMatchObject({
      dtype: "float32",
      shape: [2, 3],
    });
    const half = infer("RandomUniform", { inputs: [], attributes: { shape: [], dtype: 10 } })[0];
    expect(half).toMatchObject({ dtype: "float16", shape: [] });
  });

  it("cost 3 and 7 FLOPs an element, and write it", () => {
    const node = { inputs: [], attributes: { shape: [2, 3] } };
    expect(costOf("RandomUniform", node)).toEqual({ macs: 0, flops: 18, bytesRead: 0, bytesWritten: 24 });
    expect(costOf("RandomNormal", node).flops).toBe(42);
  });

  it("refuse a shape that is missing or negative, and a type that there is not", () => {
    expect(refusal("RandomNormal", { inputs: [] })).toMatchObject({ code: "malformed", field: "shape" });
    expect(refusal("RandomNormal", { inputs: [], attributes: { shape: [-1] } }).code).toBe("malformed");
    expect(refusal("RandomNormal", { inputs: [], attributes: { shape: [1], dtype: 999 } }).field).toBe("dtype");
    const ranks = { shape: new Array<number>(100).fill(1) };
    expect(refusal("RandomNormal", { inputs: [], attributes: ranks }).code).toBe("limit-exceeded");
  });
});

describe("RandomUniformLike, RandomNormalLike, Bernoulli", () => {
  it.each(["RandomUniformLike", "RandomNormalLike", "Bernoulli"])("%s has the shape of its input, and its type", (type) => {
    const inputs = [tensor(["N", 4], { dtype: "float64" })];
    expect(infer(type, { inputs })[0]).toMatchObject({ dtype: "float64", shape: ["N", 4] });
    expect(infer(type, { inputs, attributes: { dtype: 1 } })[0]?.dtype).toBe("float32");
  });

  it("read the input only where its elements matter", () => {
    const inputs = [tensor([4])];
    expect(costOf("RandomUniformLike", { inputs })).toEqual({ macs: 0, flops: 12, bytesRead: 0, bytesWritten: 16 });
    expect(costOf("Bernoulli", { inputs })).toEqual({ macs: 0, flops: 8, bytesRead: 16, bytesWritten: 16 });
  });
});

describe("Multinomial", () => {
  const inputs = [tensor([2, 10])];

  it("draws int32 classes unless the node says otherwise", () => {
    expect(infer("Multinomial", { inputs, attributes: { sample_size: 4 } })[0]).toMatchObject({
      dtype: "int32",
      shape: [2, 4],
    });
    expect(infer("Multinomial", { inputs, attributes: { dtype: 7 } })[0]).toMatchObject({ dtype: "int64", shape: [2, 1] });
    expect(shapeOf("Multinomial", { inputs: [tensor(["N", null])] })).toEqual(["N", 1]);
  });

  it("costs two FLOPs a probability, and a draw and its comparisons a sample", () => {
    expect(costOf("Multinomial", { inputs, attributes: { sample_size: 4 } }).flops).toBe(2 * 20 + 2 * 4 * (10 + 1));
  });

  it("refuses no samples, and probabilities of another rank", () => {
    expect(refusal("Multinomial", { inputs, attributes: { sample_size: 0 } }).code).toBe("malformed");
    expect(refusal("Multinomial", { inputs: [tensor([10])] }).code).toBe("invalid-graph");
  });
});
