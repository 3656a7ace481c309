import { describe, expect, it } from "vitest";
import { built } from "../../test/helper/built.js";
import { graphAttribute, graphOf, nodeOf, tensorOf, valueOf, type ModelSpec } from "../../test/helper/onnx.js";
import { syntheticTarget } from "../../test/helper/synthetic-target.js";
import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import type { Prediction } from "./types.js";

const SIZE = 64;

/** h' = h · tanh(h W + x), the heart of a recurrent cell, on what is around it. */
const cell = (h: string, next: string): readonly OnnxNode[] => [
  nodeOf("MatMul", [h, "w"], [`${next}_m`]),
  nodeOf("Add", [`${next}_m`, "x"], [`${next}_a`]),
  nodeOf("Tanh", [`${next}_a`], [`${next}_t`]),
  nodeOf("Mul", [h, `${next}_t`], [next]),
];

function loopOf(nodes: readonly OnnxNode[], rest: Partial<ModelSpec> = {}): OnnxGraph {
  return graphOf({ inputs: ["i", "go", "h"].map((name) => valueOf(name, null, null)), nodes, outputs: ["go", "h2"], ...rest });
}

function modelOf(nodes: readonly OnnxNode[], trips = 1): ModelSpec {
  return {
    inputs: [valueOf("x", [1, SIZE]), valueOf("xs", [12, 1, SIZE])],
    initializers: [tensorOf("w", [SIZE, SIZE]), tensorOf("trips", [], [trips]), tensorOf("three", [], [3]), tensorOf("holds", [], [1], "bool")],
    nodes,
    outputs: ["y"],
  };
}

function loop(trips: number, body = loopOf(cell("h", "h2"))): ModelSpec {
  return modelOf([nodeOf("Loop", ["trips", "holds", "x"], ["y"], { name: "cells", attributes: { body: graphAttribute(body) } })], trips);
}

const target = syntheticTarget();
function predict(spec: ModelSpec): Prediction {
  return target.predict(target.embed(built(spec).graph), {});
}

/** Without what a run costs anyway: 10 µs of the synthetic target. */
const inKernels = (spec: ModelSpec): number => predict(spec).latencyMs - 0.01;

describe("a loop that is known to run so often", () => {
  it("takes as long as its body's kernels alone, that many times", () => {
    const once = inKernels({ ...modelOf(cell("h", "y")), inputs: [valueOf("x", [1, SIZE]), valueOf("h", [1, SIZE])] });
    expect(once).toBeGreaterThan(0);
    expect(inKernels(loop(7)) / once).toBeCloseTo(7, 4);
    const prediction = predict(loop(7));
    expect(prediction.coverage).toEqual({ nodes: 1, flops: 1, unsupportedOps: [] });
    expect(prediction.layers).toMatchObject([{ name: "cells", opType: "Loop" }]);
    expect(prediction.layers[0]?.latencyMs).toBeCloseTo(prediction.latencyMs - 0.01, 6);
  });

  it("is told from others by the model's id, though no shape says how often it runs", () => {
    const id = (spec: ModelSpec): string => built(spec).graph.modelId;
    expect(id(loop(7))).toBe(id(loop(7)));
    expect(id(loop(7))).not.toBe(id(loop(8)));
    const renamed = loopOf([...cell("h", "q").slice(0, 3), nodeOf("Mul", ["h", "q_t"], ["h2"])]);
    expect(id(loop(7, renamed))).toBe(id(loop(7)));
    expect(id(loop(7, loopOf(cell("x", "h2"))))).not.toBe(id(loop(7)));
  });

  it("may hold loops, and Ifs whose branch is known", () => {
    const inner = nodeOf("Loop", ["three", "holds", "h"], ["z"], { attributes: { body: graphAttribute(loopOf(cell("h", "h2"))) } });
    const branch = (node: OnnxNode): ReturnType<typeof graphAttribute> => graphAttribute(graphOf({ nodes: [node], outputs: ["z"] }));
    const choice = nodeOf("If", ["holds"], ["h2"], {
      attributes: { then_branch: branch(inner), else_branch: branch(nodeOf("Odd", ["h"], ["z"])) },
    });
    expect(inKernels(loop(5, loopOf([choice]))) / inKernels(loop(15))).toBeCloseTo(1, 4);
    expect(predict(loop(5, loopOf([choice]))).outOfDistribution).toEqual(predict(loop(15)).outOfDistribution);
  });

  it("may run a thousand million times", () => {
    expect(inKernels(loop(1e9)) / (inKernels(loop(100)) * 1e7)).toBeCloseTo(1, 3);
    expect(() => predict(loop(2 ** 53 - 2))).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });

  it("is a Scan as long as what it scans", () => {
    const body = graphOf({ inputs: ["h", "s"].map((name) => valueOf(name, null, null)), nodes: cell("h", "h2"), outputs: ["h2"] });
    const scan = (axes: readonly number[]): ModelSpec =>
      modelOf([nodeOf("Scan", ["x", "xs"], ["y"], { attributes: { body: graphAttribute(body), num_scan_inputs: 1, scan_input_axes: axes } })]);
    expect(inKernels(scan([0])) / inKernels(loop(12))).toBeCloseTo(1, 4);
    expect(predict(scan([1])).coverage).toEqual({ nodes: 0, flops: 0, unsupportedOps: [":Scan"] });
  });
});

describe("a loop is left out and named", () => {
  it.each<[string, ModelSpec]>([
    ["where its body may end it", loop(7, loopOf([...cell("h", "h2"), nodeOf("IsNaN", ["h"], ["stop"])], { outputs: ["stop", "h2"] }))],
    ["where its body has an operator that is not known", loop(7, loopOf([nodeOf("Odd", ["h"], ["h2"])]))],
    ["where its body works on sequences", loop(7, loopOf([nodeOf("SequenceConstruct", ["h"], ["s"]), nodeOf("SequenceAt", ["s", "zero"], ["h2"])], { initializers: [tensorOf("zero", [], [0])] }))],
    ["where what it carries grows", loop(7, loopOf([nodeOf("Concat", ["h", "h"], ["h2"], { attributes: { axis: 0 } })]))],
    ["where it never runs", loop(0)],
  ])("%s", (_, spec) => {
    const { coverage, latencyMs } = predict(spec);
    expect(coverage.nodes).toBe(0);
    expect(coverage.unsupportedOps).toContain(":Loop");
    expect(latencyMs).toBeCloseTo(0.01, 6);
  });
});
