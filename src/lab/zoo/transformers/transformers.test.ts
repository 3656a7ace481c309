import { describe, expect, it } from "vitest";
import { trainableParameters } from "../../../../test/helper/trainable.js";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/types.js";
import { readOnnx } from "../../../onnx/reader.js";
import type { ZooModel } from "../model.js";
import { MAX_VARIANT_MACS } from "../variants.js";
import { buildBert } from "./bert.js";
import { buildVit } from "./vit.js";

const NAMED_BERTS = 5;
const VARIED = Array.from({ length: 24 }, (_, i) => NAMED_BERTS + i);

function graphOf(model: ZooModel): Graph {
  const graph = buildGraph(readOnnx(model.onnx));
  expect([model.id, graph.unsupported.size, graph.totals.macs]).toEqual([model.id, 0, model.info["macs"]]);
  return graph;
}

function outputShapes(graph: Graph): unknown {
  return graph.outputs.map((id) => graph.values[id]?.fact.shape);
}

function opTypes(model: ZooModel): ReadonlySet<string> {
  return new Set(graphOf(model).nodes.map(({ opType }) => opType));
}

describe("buildVit", () => {
  /** timm counts by fvcore, which adds five for each element of the 25 normalizations over 197 tokens. */
  const normalizations = (width: unknown): number => 25 * 197 * Number(width) * 5;

  it.each([
    // Parameters and GMACs that timm publishes of vit_*_patch16_224.
    [0, "vit_tiny", 5_717_416, 1.26],
    [1, "vit_small", 22_050_664, 4.61],
    [2, "vit_base", 86_567_656, 17.58],
  ])("variant %i, %s, has the published parameters and work", (variant, member, parameters, gigaMacs) => {
    const model = buildVit(variant);
    const graph = graphOf(model);
    expect(model.info["member"]).toBe(member);
    expect(trainableParameters(graph, false)).toBe(parameters);
    expect((graph.totals.macs + normalizations(model.info["width"])) / 1e9).toBeCloseTo(gigaMacs, 2);
    expect(outputShapes(graph)).toEqual([[1, 1000]]);
  });

  it("has the work of vit_b_16 that torchvision states, attention included", () => {
    expect(graphOf(buildVit(2)).totals.macs / 1e9).toBeCloseTo(17.56, 2);
  });

  it("classifies whatever it draws, the same each time", () => {
    for (const variant of VARIED) {
      const model = buildVit(variant);
      expect(outputShapes(graphOf(model))).toEqual([[1, model.info["classes"]]]);
      expect(Buffer.compare(buildVit(variant).onnx, model.onnx)).toBe(0);
    }
  });
});

describe("buildBert", () => {
  /** What BertModel lacks of the pretraining model that google-research/bert counts: a dense layer, its norm, a bias a word. */
  const languageHead = (width: number): number => width * width + 3 * width + 30_522;

  it.each([
    // Millions, from google-research/bert's table of miniatures.
    [0, "bert_tiny", 128, 4.4],
    [1, "bert_mini", 256, 11.3],
    [2, "bert_small", 512, 29.1],
    [3, "bert_medium", 512, 41.7],
    [4, "bert_base", 768, 110.1],
  ])("variant %i, %s, has the published parameters", (variant, member, width, millions) => {
    const model = buildBert(variant);
    const graph = graphOf(model);
    expect(model.info["member"]).toBe(member);
    expect((trainableParameters(graph, false) + languageHead(width)) / 1e6).toBeCloseTo(millions, 1);
    expect(outputShapes(graph)).toEqual([[1, 128, width], [1, width]]);
  });

  it("counts BERT-base's embeddings, encoder and pooler as transformers does", () => {
    expect(trainableParameters(graphOf(buildBert(4)), false)).toBe(109_482_240);
  });

  it("encodes whatever it draws, the same each time", () => {
    for (const variant of VARIED) {
      const model = buildBert(variant);
      const { sequence, width } = model.info;
      expect(outputShapes(graphOf(model))).toEqual([[1, sequence, width], [1, width]]);
      expect(model.inputs).toEqual([{ name: "x", shape: [1, sequence] }]);
      expect(Buffer.compare(buildBert(variant).onnx, model.onnx)).toBe(0);
    }
  });
});

describe.each([
  ["vit", buildVit],
  ["bert", buildBert],
] as const)("the variants of %s", (_, build) => {
  const models = VARIED.map((variant) => build(variant));

  it("stay within the bound on work and vary every trait", () => {
    expect(Math.max(...models.map(({ info }) => Number(info["macs"])))).toBeLessThanOrEqual(MAX_VARIANT_MACS);
    for (const trait of ["depth", "width", "heads", "hidden", "layerNorm", "attention"]) {
      expect(new Set(models.map(({ info }) => info[trait])).size).toBeGreaterThan(1);
    }
  });

  it("write LayerNormalization as one node or in parts, and Gelu by Erf", () => {
    for (const model of models.slice(0, 8)) {
      const types = opTypes(model);
      expect(types.has("Erf") && types.has("Softmax")).toBe(true);
      expect([types.has("LayerNormalization"), types.has("ReduceMean")]).toEqual(
        model.info["layerNorm"] === "node" ? [true, false] : [false, true],
      );
    }
  });

  it("refuse what is no variant", () => {
    expect(() => build(-1)).toThrow(RangeError);
    expect(() => build(0.5)).toThrow(RangeError);
  });
});
