import { describe, expect, it } from "vitest";
import { modelFeatures } from "../../src/features/model-features.js";
import { buildGraph } from "../../src/graph/build.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { loweringBreaches } from "../helper/lowering-breaches.js";
import { fixtureNames, readFixture } from "./fixtures.js";

describe.each(fixtureNames)("the kernels of %s", (name) => {
  const graph = buildGraph(readOnnx(readFixture(name)));

  it.each([0, 8, 16])("compute each node once, from what is there in its layout (block %i)", (channelBlock) => {
    const { kernelGraph, facts, kernelMatrix } = modelFeatures(graph, { engine: "onnxruntime", channelBlock });
    expect(loweringBreaches(kernelGraph)).toEqual([]);
    expect(facts.every(({ known }) => known)).toBe(true);
    expect(facts.reduce((sum, { macs }) => sum + macs, 0)).toBe(graph.totals.macs);
    expect(kernelMatrix.every(Number.isFinite)).toBe(true);
  });
});
