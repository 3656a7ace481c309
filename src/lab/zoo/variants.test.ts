import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { trainableParameters } from "../../../test/helper/trainable.js";
import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import { buildCells, buildVariant, FAMILIES, MAX_VARIANT_MACS } from "./variants.js";

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

const VARIANTS = Array.from({ length: 40 }, (_, variant) => variant);

/** Multiply-accumulates in millions; parameters of the trainable networks, as torchvision and pytorchcv count them. */
const CLASSICS = {
  alexnet: [714, 61_100_840],
  vgg: [15_470, 138_357_544],
  googlenet: [1498, 6_624_904],
  resnet: [4089, 25_557_032],
  densenet: [2834, 7_978_856],
  squeezenet: [349, 1_235_496],
  mobilenetv1: [569, 4_231_976],
  mobilenetv2: [301, 3_504_872],
  mobilenetv3: [217, 5_483_032],
  shufflenetv2: [145, 2_278_604],
} as const;
const WITHOUT_BATCH_NORM: readonly string[] = ["alexnet", "vgg", "squeezenet"];

describe.each(FAMILIES)("%s", (family) => {
  const models = VARIANTS.map((variant) => buildVariant(family, variant));
  const graphs = models.map((model) => buildGraph(readOnnx(model.onnx)));

  it("builds the same bytes for the same variant and others for another", () => {
    const digests = models.map(({ onnx }) => digest([onnx]));
    expect(VARIANTS.map((variant) => digest([buildVariant(family, variant).onnx]))).toEqual(digests);
    expect(new Set(digests).size).toBe(VARIANTS.length);
  });

  it("builds graphs that the service reads whole, with the work that the builder counted", () => {
    graphs.forEach((graph, variant) => {
      const info = models[variant]?.info ?? {};
      expect(graph.unsupported.size).toBe(0);
      expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, info["classes"]]]);
      const products = graph.nodes.filter((node) => node.kind === "conv" || node.kind === "matmul");
      expect(products.reduce((sum, node) => sum + (node.cost?.macs ?? NaN), 0)).toBe(info["macs"]);
    });
  });

  it("keeps the plain architecture as variant 0", () => {
    const [plain] = models;
    const [graph] = graphs;
    const [megaMacs, parameters] = CLASSICS[family];
    expect(plain?.id).toBe(`${family}-0`);
    expect(Math.round(Number(plain?.info["macs"]) / 1e6)).toBe(megaMacs);
    expect(graph && trainableParameters(graph, !WITHOUT_BATCH_NORM.includes(family))).toBe(parameters);
  });

  it("bounds the work of the variants and varies every trait", () => {
    const infos = models.slice(1).map((model) => model.info);
    expect(Math.max(...infos.map((info) => Number(info["macs"])))).toBeLessThanOrEqual(MAX_VARIANT_MACS);
    const traits = ["inputSize", "batchNorm", "alignment", "kernelShare", "pointwiseShare", "tiedResiduals", "meanNode"];
    for (const trait of traits) expect(new Set(infos.map((info) => info[trait])).size).toBeGreaterThan(1);
  });
});

describe("buildVariant", () => {
  it("still builds what this version's ids stand for", () => {
    const models = FAMILIES.flatMap((family) => [1, 2, 3].map((variant) => buildVariant(family, variant).onnx));
    expect(digest(models)).toBe("a3a398f8dd3b98a8e2220ea8d6ab0ca4c48ec6ab3a1fb1a599dc7ca644c0fec7");
    const recorded = FAMILIES.flatMap((family) => [30, 59].map((variant) => buildVariant(family, variant).onnx));
    expect(digest(recorded)).toBe("042cc9d24d7b7839ed4ba286e0f7fa9156e186b8d0928de4d52dd6e496fcf01a");
  });

  it("refuses what is no variant", () => {
    expect(() => buildVariant("vgg", -1)).toThrow(RangeError);
    expect(() => buildVariant("vgg", 0.5)).toThrow(RangeError);
  });
});

describe("buildCells", () => {
  const models = VARIANTS.map(buildCells);
  const graphs = models.map(({ onnx }) => buildGraph(readOnnx(onnx)));

  it("still builds what this version's ids stand for", () => {
    expect(digest(models.map(({ onnx }) => onnx))).toBe("90d415cc287aed465e1043ff82a9259f0c6445f4335f7868206400a6baecd2a6");
    expect(digest([buildCells(299).onnx])).toBe("a543053eea325aa95050b6d9f2b8c294bca33d6e9e44ae221ee412a20b0c6a30");
  });

  it("builds whole networks within the bounds, no two alike, which classify", () => {
    expect(new Set(graphs.map(({ modelId }) => modelId)).size).toBe(VARIANTS.length);
    graphs.forEach((graph, variant) => {
      const info = models[variant]?.info ?? {};
      expect(graph.unsupported.size).toBe(0);
      expect(graph.totals.macs).toBe(info["macs"]);
      expect(graph.totals.macs).toBeLessThanOrEqual(MAX_VARIANT_MACS);
      expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, info["classes"]]]);
    });
  });

  it("puts operators of every sort together", () => {
    const operators = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ opType }) => opType)));
    const wanted = ["Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "Gemm", "BatchNormalization", "Concat", "Add", "Mul", "Relu", "Clip", "HardSwish", "HardSigmoid", "Sigmoid", "LeakyRelu", "Transpose", "Flatten", "ReduceMean"];
    expect(wanted.filter((operator) => !operators.has(operator))).toEqual([]);
  });

  it("refuses what is no variant", () => {
    expect(() => buildCells(-1)).toThrow(RangeError);
  });
});
