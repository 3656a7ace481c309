import { describe, expect, it } from "vitest";
import { built } from "../../test/helper/built.js";
import { lower, Network } from "../../test/helper/network.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf } from "../../test/helper/onnx.js";
import { randomGraphs } from "../../test/helper/random-graph.js";
import { kernelFacts } from "../features/kernel-facts.js";
import { coverageOf, layerLatencies } from "./layers.js";

const network = new Network();
const conv = network.node("Relu", [network.conv(network.input([1, 12, 8, 8]), 12, 32)]);
const KERNELS = lower(network.graph(network.node("Elu", [conv])));

describe("layers", () => {
  it("are the main nodes in the file's order, reorders and fused nodes counted in", () => {
    expect(KERNELS.kernels.map(({ op }) => op)).toEqual(["ReorderInput", "Conv", "ReorderOutput", "Elu"]);
    const layers = layerLatencies(KERNELS, Float32Array.of(100, 2000, 300, 50));
    expect(layers.map(({ name, opType }) => [name, opType])).toEqual([
      ["n0", "Conv"],
      ["n2", "Elu"],
    ]);
    expect(layers.map(({ latencyMs }) => latencyMs)).toEqual([2.4, 0.05]);
  });

  it("have the work of all their nodes", () => {
    const { nodes } = KERNELS.graph;
    const work = (index: number): number => nodes[index]?.cost?.flops ?? NaN;
    const bytes = (index: number): number => (nodes[index]?.cost?.bytesRead ?? NaN) + (nodes[index]?.cost?.bytesWritten ?? NaN);
    const [layer] = layerLatencies(KERNELS, new Float32Array(4));
    expect(layer).toMatchObject({ flops: work(0) + work(1), bytes: bytes(0) + bytes(1), latencyMs: 0 });
  });

  it("add up to the kernels, whatever the graph", () => {
    for (const graph of randomGraphs(21, 50)) {
      const kernelGraph = lower(graph);
      const us = Float32Array.from(kernelGraph.kernels, ({ id }) => 1 + (id % 7));
      const layers = layerLatencies(kernelGraph, us);
      const total = us.reduce((sum, value) => sum + value, 0) / 1000;
      expect(layers.reduce((sum, { latencyMs }) => sum + latencyMs, 0)).toBeCloseTo(total, 9);
      expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length);
    }
  });
});

describe("coverage", () => {
  const withUnknown = (): ReturnType<typeof lower> => {
    const half = new Network();
    const mystery = half.node("Frobnicate", [half.conv(half.input([1, 3, 8, 8]), 3, 8)], {}, "com.example");
    return lower(half.graph(mystery));
  };

  it("is whole where every kernel is known", () => {
    expect(coverageOf(KERNELS, [true, true, true, true])).toEqual({ nodes: 1, flops: 1, unsupportedOps: [] });
  });

  it("names an operator that is not known and counts its node", () => {
    expect(coverageOf(withUnknown(), [true, true, false])).toEqual({
      nodes: 0.5,
      flops: 1,
      unsupportedOps: ["com.example:Frobnicate"],
    });
  });

  it("names what runs nobody knows how often or works on sequences, and does not count it", () => {
    const body = graphOf({
      inputs: ["i", "go", "v"].map((name) => valueOf(name, null, null)),
      nodes: [nodeOf("Relu", ["v"], ["v2"])],
      outputs: ["go", "v2"],
    });
    const looped = built({
      inputs: [valueOf("x", [2, 6]), valueOf("count", [], "int64")],
      initializers: [tensorOf("holds", [], [1], "bool")],
      nodes: [
        nodeOf("Relu", ["x"], ["a"]),
        nodeOf("Loop", ["count", "holds", "a"], ["b"], { attributes: { body: graphAttribute(body) } }),
        nodeOf("SequenceConstruct", ["a", "b"], ["s"]),
        nodeOf("ConcatFromSequence", ["s"], ["y"], { attributes: { axis: 0 } }),
      ],
      outputs: ["y"],
    });
    const kernelGraph = lower(looped.graph);
    const predicted = kernelFacts(kernelGraph, 8).map(({ known }) => known);
    expect(predicted).toEqual([true, false, false, false]);
    expect(coverageOf(kernelGraph, predicted)).toEqual({
      nodes: 0.25,
      flops: 1,
      unsupportedOps: [":Loop", ":SequenceConstruct", ":ConcatFromSequence"],
    });
  });

  it("counts the FLOPs that no kernel was predicted for", () => {
    const { flops } = coverageOf(KERNELS, [true, false, true, true]);
    expect(flops).toBeGreaterThan(0);
    expect(flops).toBeLessThan(0.1);
  });

  it("is nothing where nothing is known", () => {
    const unknown = new Network();
    const graph = unknown.graph(unknown.node("Frobnicate", [unknown.input([1, 4])], {}, "com.example"));
    expect(coverageOf(lower(graph), [false])).toMatchObject({ nodes: 0, flops: 0 });
  });

  it("is whole where nothing runs, and where nothing that runs computes", () => {
    const idle = new Network();
    expect(coverageOf(lower(idle.graph(idle.input([1, 4]))), [])).toMatchObject({ nodes: 1, flops: 1 });
    const moving = new Network();
    const graph = moving.graph(moving.node("Flatten", [moving.input([1, 2, 2])]));
    expect(coverageOf(lower(graph), [true])).toMatchObject({ nodes: 1, flops: 1 });
  });
});
