import { describe, expect, it } from "vitest";
import { Network } from "../../test/helper/network.js";
import { convolutionKeys } from "./convolutions.js";
import { KERNEL_FEATURE_NAMES } from "./kernel-features.js";
import { modelFeatures } from "./model-features.js";
import { NODE_FEATURE_NAMES, nodeFeatureMatrix } from "./node-features.js";
import { featureSchemaHash } from "./schema.js";
import { STATE_FEATURE_NAMES } from "./state-vector.js";
import { TOTAL_NAMES, totalsVector } from "./totals.js";

/** A convolution with batch norm, a depthwise one, and an operator that nobody knows. */
const network = new Network();
const first = network.batchNorm(network.conv(network.input([1, 3, 8, 8]), 3, 32, { kernel: 5, stride: 2 }), 32);
const second = network.conv(first, 32, 32, { groups: 32 });
const graph = network.graph(network.node("Frobnicate", [second], {}, "com.example"));

describe("modelFeatures", () => {
  it("has facts and a row of features for each kernel", () => {
    const { kernelGraph, facts, kernelMatrix } = modelFeatures(graph, { engine: "onnxruntime", channelBlock: 8 });
    expect(kernelGraph.kernels.map(({ op }) => op)).toEqual(["Conv", "Conv", "ReorderOutput", "Frobnicate"]);
    expect(facts).toHaveLength(4);
    expect(kernelMatrix).toHaveLength(4 * KERNEL_FEATURE_NAMES.length);
  });
});

describe("nodeFeatureMatrix", () => {
  const width = NODE_FEATURE_NAMES.length;
  const matrix = nodeFeatureMatrix(graph);
  const at = (row: number, name: string): number | undefined => matrix[row * width + NODE_FEATURE_NAMES.indexOf(name)];

  it("has a row for each node of the file", () => {
    expect(matrix).toHaveLength(4 * width);
  });

  it("tells kind, work, memory access and parameters", () => {
    const [conv] = graph.nodes;
    expect(at(0, "kind:conv")).toBe(1);
    expect(at(1, "kind:normalization")).toBe(1);
    expect(at(0, "logFlops")).toBeCloseTo(Math.log1p(conv?.cost?.flops ?? NaN), 5);
    expect(at(0, "logBytesRead")).toBeCloseTo(Math.log1p(conv?.cost?.bytesRead ?? NaN), 5);
    expect(at(0, "logParameters")).toBeCloseTo(Math.log1p(32 * 3 * 25), 5);
  });

  it("counts an operator that is not known as other, of no known work", () => {
    expect([at(3, "kind:other"), at(3, "logFlops"), at(3, "logBytesWritten")]).toEqual([1, 0, 0]);
  });
});

describe("convolutionKeys", () => {
  it("tells what the regression knows of each convolution", () => {
    expect(convolutionKeys(graph)).toEqual([
      { node: 0, kernel: 5, inputSize: 8, inChannels: 3, outChannels: 32, stride: 2, groups: 1 },
      { node: 2, kernel: 3, inputSize: 4, inChannels: 32, outChannels: 32, stride: 1, groups: 32 },
    ]);
  });

  it("takes geometric means where sides differ", () => {
    const oblong = new Network();
    const conv = oblong.node("Conv", [oblong.input([1, 4, 4, 16]), oblong.constant([6, 4, 1, 9])], { pads: [0, 4, 0, 4] });
    expect(convolutionKeys(oblong.graph(conv))).toMatchObject([{ kernel: 3, inputSize: 8, stride: 1, groups: 1 }]);
  });

  it("leaves out convolutions of other ranks", () => {
    const line = new Network();
    const conv = line.node("Conv", [line.input([1, 4, 16]), line.constant([6, 4, 3])]);
    expect(convolutionKeys(line.graph(conv))).toEqual([]);
  });
});

describe("totalsVector", () => {
  it("has a number for each name", () => {
    const totals = totalsVector(graph);
    const at = (name: (typeof TOTAL_NAMES)[number]): number | undefined => totals[TOTAL_NAMES.indexOf(name)];
    expect(totals).toHaveLength(TOTAL_NAMES.length);
    expect([at("convolutions"), at("batchNorms"), at("fullyConnected"), at("nodes")]).toEqual([2, 1, 0, 4]);
    expect(at("logFlops")).toBeCloseTo(Math.log1p(graph.totals.flops), 12);
    expect(at("logBytes")).toBeCloseTo(Math.log1p(graph.totals.bytesRead + graph.totals.bytesWritten), 12);
  });

  it("counts no nodes that are folded away", () => {
    const folding = new Network();
    const weight = folding.node("Transpose", [folding.constant([8, 4])], { perm: [1, 0] });
    const product = folding.node("MatMul", [folding.input([2, 4]), weight]);
    expect(totalsVector(folding.graph(product)).at(-1)).toBe(1);
  });
});

describe("the feature schema", () => {
  it("has one hash", () => {
    expect(featureSchemaHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["kernels", KERNEL_FEATURE_NAMES],
    ["nodes", NODE_FEATURE_NAMES],
    ["states", STATE_FEATURE_NAMES],
  ])("names each feature of %s once", (_, names) => {
    expect(new Set(names).size).toBe(names.length);
  });
});
