import { describe, expect, it } from "vitest";
import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import type { ZooModel } from "./model.js";
import { convolutionModel, convolutionSweep, MAX_SWEEP_MACS } from "./sweep-conv.js";
import { GRID_MODELS } from "./sweep-conv-spec.js";
import { OPERATOR_CASES, operatorModel, operatorSweep, PATTERN_CASES, patternModel, patternSweep } from "./sweep-ops.js";

const SEED = 7;

function expectValid(model: ZooModel): void {
  const graph = buildGraph(readOnnx(model.onnx));
  expect([model.id, ...graph.unsupported.keys()]).toEqual([model.id]);
  for (const id of graph.outputs) expect(graph.values[id]?.fact.shape?.every((dim) => typeof dim === "number")).toBe(true);
}

describe("convolutionSweep", () => {
  const sweep = convolutionSweep(2 * GRID_MODELS, SEED);

  it("starts with the shorter sweep and repeats any model alone", () => {
    expect(convolutionSweep(20, SEED)).toEqual(sweep.slice(0, 20));
    expect(convolutionModel(301, SEED)).toEqual(sweep[301]);
    expect(convolutionModel(301, SEED + 1).onnx).not.toEqual(sweep[301]?.onnx);
  });

  it("builds valid models", () => {
    sweep.slice(0, 300).forEach(expectValid);
  });

  it("stays within the bound on work", () => {
    expect(Math.max(...sweep.map((model) => Number(model.info["macs"])))).toBeLessThanOrEqual(MAX_SWEEP_MACS);
  });

  it("holds sixteen plain convolutions for every kernel and size of the grid", () => {
    const cells = new Map<string, number>();
    for (const { info } of sweep.filter((model) => model.info["grid"] === true)) {
      expect([info["stride"], info["groups"], info["activation"], info["chain"]]).toEqual([1, 1, "none", "none"]);
      const cell = `${String(info["kernel"])} at ${String(info["size"])}`;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    expect(cells.size).toBe(30);
    expect([...new Set(cells.values())]).toEqual([16]);
  });

  it("names the node that it describes", () => {
    for (const { onnx, info } of sweep.slice(0, 100)) {
      const node = readOnnx(onnx).graph.nodes.find(({ name }) => name === info["target"]);
      expect(node?.opType).toBe("Conv");
      expect(node?.attributes.get("group")).toEqual({ kind: "int", value: info["groups"] });
      expect(node?.attributes.get("kernel_shape")).toEqual({ kind: "ints", value: info["kernel"] });
    }
  });
});

describe("operatorSweep", () => {
  const sweep = operatorSweep(3 * OPERATOR_CASES.length, SEED);

  it("starts with the shorter sweep and repeats any model alone", () => {
    expect(operatorSweep(20, SEED)).toEqual(sweep.slice(0, 20));
    expect(operatorModel(101, SEED)).toEqual(sweep[101]);
  });

  it("builds valid models", () => {
    sweep.forEach(expectValid);
  });

  it("goes round all cases, in the plain and in the convolutional context by turns", () => {
    const contexts = new Map<unknown, Set<unknown>>();
    for (const { info } of sweep) {
      const seen = contexts.get(info["case"]) ?? new Set();
      contexts.set(info["case"], seen.add(info["context"] === "plain"));
    }
    expect(contexts.size).toBe(OPERATOR_CASES.length);
    expect(contexts.get("Relu")).toEqual(new Set([true, false]));
    expect(contexts.get("Concat3")).toEqual(new Set([true, false]));
  });
});

describe("patternSweep", () => {
  const sweep = patternSweep(4 * PATTERN_CASES.length, SEED);

  it("builds valid models, each the same alone", () => {
    sweep.forEach(expectValid);
    expect(patternModel(11, SEED)).toEqual(sweep[11]);
  });

  it("goes round all patterns", () => {
    expect(new Set(sweep.map(({ info }) => info["case"]))).toEqual(new Set(PATTERN_CASES));
  });
});
