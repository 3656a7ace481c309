import { describe, expect, it } from "vitest";
import type { OnnxAttribute } from "../../onnx/types.js";
import { costOf, floats, infer, refusal, shapeOf, tensor } from "../../../test/helper/operator-case.js";

const domain = "ai.onnx.ml";
const opset = 3;
const x = tensor([4, 3]);

function strings(...value: readonly string[]): OnnxAttribute {
  return { kind: "strings", value };
}

describe("linear models", () => {
  it("multiply every sample by every coefficient, which are read from the attributes", () => {
    const attributes = { coefficients: floats(1, 2, 3, 4, 5, 6), intercepts: floats(0, 1), targets: 2 };
    expect(costOf("LinearRegressor", { domain, opset, inputs: [x], attributes })).toEqual({
      macs: 24,
      flops: 48 + 8,
      bytesRead: 48 + 32,
      bytesWritten: 32,
    });
  });

  it("name the classes by their labels", () => {
    const attributes = { coefficients: floats(1, 2, 3), intercepts: floats(0), classlabels_strings: strings("a", "b") };
    const node = { domain, opset, inputs: [tensor(["N", 3])], attributes, outputs: 2 };
    expect(infer("LinearClassifier", node)).toMatchObject([
      { dtype: "string", shape: ["N"] },
      { dtype: "float32", shape: ["N", 2] },
    ]);
    const unlabelled = { ...node, attributes: { coefficients: floats(1, 2, 3) } };
    expect(infer("LinearClassifier", unlabelled)[1]?.shape).toEqual(["N", null]);
  });

  it("refuse features of a higher rank", () => {
    expect(refusal("LinearRegressor", { domain, opset, inputs: [tensor([2, 3, 4])] }).code).toBe("invalid-graph");
  });
});

describe("support vector machines", () => {
  it("multiply every sample by every support vector", () => {
    const attributes = { support_vectors: floats(1, 2, 3, 4, 5, 6), coefficients: floats(1, 2) };
    expect(costOf("SVMRegressor", { domain, opset, inputs: [x], attributes })).toMatchObject({
      macs: 24,
      bytesRead: 48 + 32,
    });
  });

  it.each([
    { classes: 2, pairs: 2 },
    { classes: 3, pairs: 3 },
    { classes: 4, pairs: 6 },
  ])("score the pairs of $classes classes, or the classes with probabilities", ({ classes, pairs }) => {
    const labels = { classlabels_ints: Array.from({ length: classes }, (_, label) => label) };
    const scoresOf = (attributes: object) =>
      infer("SVMClassifier", { domain, opset, inputs: [x], outputs: 2, attributes: { ...labels, ...attributes } })[1];
    const vectors = { support_vectors: floats(1, 2, 3, 4, 5, 6) };
    expect(scoresOf(vectors)?.shape).toEqual([4, pairs]);
    expect(scoresOf({ ...vectors, prob_a: floats(1) })?.shape).toEqual([4, classes]);
    expect(scoresOf({})?.shape).toEqual([4, classes]);
  });
});

describe("trees", () => {
  it("cost the bytes in and out", () => {
    const node = { domain, opset, inputs: [x], attributes: { classlabels_int64s: [5, 6, 7] }, outputs: 2 };
    expect(costOf("TreeEnsembleClassifier", node)).toEqual({
      macs: 0,
      flops: 0,
      bytesRead: 48,
      bytesWritten: 4 * 8 + 4 * 12,
    });
  });

  it("keep the type of the input in the general form", () => {
    const doubles = tensor([4, 3], { dtype: "float64" });
    const node = { domain, opset: 5, inputs: [doubles] };
    expect(infer("TreeEnsemble", { ...node, attributes: { n_targets: 2 } })[0]).toMatchObject({
      dtype: "float64",
      shape: [4, 2],
    });
    expect(shapeOf("TreeEnsemble", node)).toEqual([4, null]);
  });
});

describe("features", () => {
  it.each([
    ["Scaler", 24],
    ["Normalizer", 36],
    ["Binarizer", 12],
    ["Imputer", 12],
  ])("%s costs %i FLOPs for 12 elements", (type, flops) => {
    expect(costOf(type, { domain, opset, inputs: [x] })).toMatchObject({ flops, bytesRead: 48, bytesWritten: 48 });
  });

  it("change their type with what labels map to", () => {
    const names = tensor([4], { dtype: "string" });
    const typeOf = (type: string, input: typeof names, attributes: Record<string, OnnxAttribute>, version = opset) =>
      infer(type, { domain, opset: version, inputs: [input], attributes })[0]?.dtype;
    expect(typeOf("LabelEncoder", names, { values_floats: floats(1) })).toBe("float32");
    expect(typeOf("LabelEncoder", names, { values_strings: strings("a") })).toBe("string");
    expect(typeOf("LabelEncoder", names, {})).toBeNull();
    expect(typeOf("LabelEncoder", names, {}, 1)).toBe("int64");
    expect(typeOf("CategoryMapper", tensor([4], { dtype: "int64" }), {})).toBe("string");
  });

  it("are counted where the attributes list them", () => {
    const words = { string_vocabulary: strings("a", "b", "c") };
    expect(shapeOf("DictVectorizer", { domain, opset, inputs: [tensor(null)], attributes: words })).toEqual([1, 3]);
    expect(shapeOf("CastMap", { domain, opset, inputs: [tensor(null)] })).toEqual([1, null]);
    const widths = { inputdimensions: [3, 4] };
    const inputs = [x, tensor([4, 4])];
    expect(shapeOf("FeatureVectorizer", { domain, opset, inputs, attributes: widths })).toEqual([4, 7]);
  });

  it("become a sequence of maps, of which nothing is known", () => {
    const attributes = { classlabels_int64s: [0, 1, 2] };
    const [maps] = infer("ZipMap", { domain, opset, inputs: [tensor([8, 3])], attributes });
    expect(maps).toMatchObject({ dtype: null, shape: null });
    expect(maps?.container).toMatchObject({ kind: "sequence", length: 8, element: { container: { kind: "map", length: 3 } } });
    expect(costOf("ZipMap", { domain, opset, inputs: [tensor([8, 3])], attributes })).toMatchObject({ bytesRead: 96, bytesWritten: 96 });
  });
});
