import { describe, expect, it } from "vitest";
import { lower, Network } from "../../test/helper/network.js";
import { randomGraphs } from "../../test/helper/random-graph.js";
import { KERNEL_CLASSES } from "./kernel-class.js";
import { kernelFacts, type KernelFacts } from "./kernel-facts.js";
import { KERNEL_FEATURE_NAMES, kernelFeatureMatrix, NUMERIC_FROM } from "./kernel-features.js";

const network = new Network();
const conv = network.node("Relu", [network.conv(network.input([1, 3, 7, 7]), 3, 40)]);
const FACTS = kernelFacts(lower(network.graph(conv)), 8);
const WIDTH = KERNEL_FEATURE_NAMES.length;

function feature(name: string, changes: Partial<KernelFacts> = {}): number | undefined {
  const [first] = FACTS;
  if (first === undefined) return undefined;
  return kernelFeatureMatrix([{ ...first, ...changes }])[KERNEL_FEATURE_NAMES.indexOf(name)];
}

describe("the feature matrix of a model's kernels", () => {
  it("has one row per kernel, each with the one class that is its own", () => {
    const matrix = kernelFeatureMatrix(FACTS);
    expect(matrix).toHaveLength(2 * WIDTH);
    const classes = FACTS.map((_, row) => [...matrix.subarray(row * WIDTH, row * WIDTH + NUMERIC_FROM)]);
    expect(classes.map((row) => KERNEL_CLASSES[row.indexOf(1)])).toEqual(["conv", "reorder-output"]);
    expect(classes.map((row) => row.reduce((sum, value) => sum + value, 0))).toEqual([1, 1]);
  });

  it("names its columns, each once", () => {
    expect(new Set(KERNEL_FEATURE_NAMES).size).toBe(WIDTH);
  });

  it("is finite for every kernel of 200 random graphs, unknown sizes and empty planes", () => {
    const facts = randomGraphs(3, 200).flatMap((graph) => kernelFacts(lower(graph), 8));
    const empty = FACTS.map((fact) => ({ ...fact, outWidth: 0, outArea: 0, outChannels: 0, inChannels: 0, bytesIn: 0, macs: 0, flops: 0 }));
    expect(kernelFeatureMatrix([...facts, ...empty]).every(Number.isFinite)).toBe(true);
  });
});

describe("a feature", () => {
  it("is a logarithm where it is a size", () => {
    expect(feature("logMacs", { macs: Math.E - 1 })).toBeCloseTo(1, 6);
    expect(feature("logMacs", { macs: 0 })).toBe(0);
    expect(feature("logKernelArea")).toBeCloseTo(Math.log(10), 6);
  });

  it("tells how much of the last pass over pixels and channel blocks does work", () => {
    expect(feature("widthUse")).toBeCloseTo(7 / 9, 6);
    expect(feature("channelUse")).toBeCloseTo(5 / 8, 6);
    expect(feature("channelUse", { outChannels: 32 })).toBe(1);
    // Vectors of 16 floats: six pixels at a time, and 3 blocks of 4.
    expect(feature("widthUse", { channelBlock: 16 })).toBeCloseTo(7 / 12, 6);
    expect(feature("channelUse", { channelBlock: 16 })).toBeCloseTo(3 / 4, 6);
  });

  it("leaves what only convolutions have at its neutral value for others", () => {
    expect(feature("widthUse", { kernelClass: "relu" })).toBe(1);
    expect(feature("logReduction", { kernelClass: "relu" })).toBe(0);
  });

  it("tells fused activations by what they cost: inside the kernel, a pass of comparisons, of arithmetic, of exponentials", () => {
    const all = (activation: string | null): (number | undefined)[] =>
      ["activationRelu", "activationClamp", "activationPiecewise", "activationExponential"].map((name) => feature(name, { activation }));
    expect(all("Relu")).toEqual([1, 0, 0, 0]);
    expect(all("Clip")).toEqual([0, 1, 0, 0]);
    expect(all("HardSwish")).toEqual([0, 0, 1, 0]);
    expect(all("Sigmoid")).toEqual([0, 0, 0, 1]);
    expect(all(null)).toEqual([0, 0, 0, 0]);
  });

  it("tells layouts", () => {
    expect([feature("blocked"), feature("readsPlain")]).toEqual([1, 1]);
    expect([feature("blocked", { blocked: false }), feature("readsPlain", { readsPlain: false })]).toEqual([0, 0]);
  });
});
