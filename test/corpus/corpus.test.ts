import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { fixtureNames, readFixture, references } from "./fixtures.js";

/** |value - expected| / expected. */
function relativeError(value: number, expected: number): number {
  return Math.abs(value - expected) / expected;
}

it("holds a reference for every fixture and a fixture for every reference", () => {
  expect(fixtureNames).toEqual([...references.keys()].sort());
  expect(fixtureNames.length).toBeGreaterThanOrEqual(40);
});

it("has references that agree with the counts torchvision publishes", () => {
  const published = [...references.values()].filter((reference) => reference.publishedMacs !== null);
  expect(published.length).toBeGreaterThan(10);
  const wrong = published.filter(({ macs, publishedMacs }) => relativeError(macs, publishedMacs ?? 0) > 0.01);
  expect(wrong).toEqual([]);
});

describe.each([...references])("%s", (name, reference) => {
  const graph = buildGraph(readOnnx(readFixture(name)));

  it("is covered: every operator known, every node with its cost", () => {
    expect([...graph.unsupported]).toEqual([]);
    const uncosted = graph.nodes.filter((node) => node.cost === null);
    expect(uncosted.slice(0, 5).map((node) => `${node.opType} ${node.name}`)).toEqual([]);
  });

  it("has every activation's shape and type", () => {
    const unknown = graph.values.filter(
      ({ fact }) => fact.dtype === null || fact.shape === null || fact.shape.some((dim) => typeof dim !== "number"),
    );
    expect(unknown.slice(0, 5).map((value) => value.name)).toEqual([]);
  });

  it("needs exactly the multiply-accumulates counted in PyTorch", () => {
    expect(graph.totals.macs).toBe(reference.macs);
  });

  it("has the parameters of the PyTorch module, or says why not", () => {
    expect(graph.totals.parameters).toBe(reference.initializerElements);
    if (reference.parameterNote === null) {
      expect(relativeError(graph.totals.parameters, reference.parameters)).toBeLessThan(0.01);
    }
  });

  it("maps its input to 1,000 classes", () => {
    expect(graph.inputs.map((id) => graph.values[id]?.fact.shape)).toEqual([reference.input]);
    expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, 1000]]);
  });
});
