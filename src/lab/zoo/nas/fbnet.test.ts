import { describe, expect, it } from "vitest";
import { trainableParameters } from "../../../../test/helper/trainable.js";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/types.js";
import { readOnnx } from "../../../onnx/reader.js";
import { Rng } from "../rng.js";
import type { FbNetFamily } from "./fbnet.js";
import { buildFbNet } from "./fbnet.js";

/** The searched networks as mobile-vision and maskrcnn-benchmark list their blocks. */
const FBNET_A = "8208872427657356177677";
const FBNET_C = "0380076737677777677773";

function read(family: FbNetFamily, choices: string): Graph {
  const model = buildFbNet(family, choices);
  const graph = buildGraph(readOnnx(model.onnx));
  expect(graph.totals.macs).toBe(model.info["macs"]);
  return graph;
}

describe("buildFbNet", () => {
  it("gives FBNet-C the parameters that pytorchcv and timm count", () => {
    // pytorchcv: FBNet-Cb 5,572,200; timm: fbnetc_100 5.57 M and 0.40 GMACs. The paper states 5.5 M, and 375 M MACs.
    const graph = read("fbnetimagenet", FBNET_C);
    expect(trainableParameters(graph, true)).toBe(5_572_200);
    expect(graph.totals.macs).toBe(384_960_160);
  });

  it("gives FBNet-A what the paper states, but for its narrower head", () => {
    // The paper's table 2: 249 M MACs, 4.3 M parameters, with 1504 channels before the classifier in place of 1984.
    const graph = read("fbnetimagenet", FBNET_A);
    const channels = 1984 - 1504;
    const headMacs = channels * (352 * 7 * 7 + 1000);
    const headParameters = channels * (352 + 2 + 1000);
    expect((graph.totals.macs - headMacs) / 1e6).toBeCloseTo(249.9, 1);
    expect((trainableParameters(graph, true) - headParameters) / 1e6).toBeCloseTo(4.32, 2);
  });

  it("has HW-NAS-Bench's CIFAR-100 maps: 32x32 up to the second stage, 4x4 at the end", () => {
    const graph = read("fbnet", "7".repeat(22));
    const shapes = graph.nodes.filter((node) => node.opType === "Conv").map((node) => graph.values[node.outputs[0] ?? -1]?.fact.shape);
    expect(shapes.slice(0, 4)).toEqual([[1, 16, 32, 32], [1, 96, 32, 32], [1, 96, 32, 32], [1, 16, 32, 32]]);
    expect(shapes.filter((shape) => shape?.[2] === 32)).toHaveLength(1 + 3 * 5 + 1);
    expect(shapes.at(-1)).toEqual([1, 1504, 4, 4]);
    expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, 100]]);
  });

  it("writes a skip as nothing where the shape stays, or else as a pointwise convolution", () => {
    const convolutions = (choices: string): number => read("fbnet", choices).totals.convolutions;
    // Stem, head, and the first layer of the six stages whose channels change.
    expect(convolutions("8".repeat(22))).toBe(8);
    expect(convolutions("0".repeat(22))).toBe(2 + 3 * 22);
  });

  it("shuffles channels between grouped convolutions", () => {
    const graph = read("fbnet", "1".repeat(22));
    expect(graph.nodes.filter((node) => node.opType === "Transpose")).toHaveLength(22);
    expect(graph.totals.macs).toBeLessThan(read("fbnet", "0".repeat(22)).totals.macs);
  });

  it("builds any choice of blocks", () => {
    const rng = new Rng("fbnet");
    for (let i = 0; i < 30; i++) {
      const choices = Array.from({ length: 22 }, () => rng.int(0, 8)).join("");
      const graph = read(i % 2 === 0 ? "fbnet" : "fbnetimagenet", choices);
      expect([choices, graph.unsupported.size]).toEqual([choices, 0]);
    }
  });

  it("refuses what are not 22 choices", () => {
    expect(() => buildFbNet("fbnet", "012")).toThrow(/22 digits from 0 to 8, not "012"/);
    expect(() => buildFbNet("fbnet", "9".repeat(22))).toThrow(RangeError);
  });
});
