import { describe, expect, it } from "vitest";
import { lower, Network } from "../../test/helper/network.js";
import { classOf, type ConvolutionGroups, KERNEL_CLASSES } from "./kernel-class.js";
import { kernelFacts } from "./kernel-facts.js";
import type { Kernel } from "../graph/kernels/types.js";

const KERNEL: Kernel = {
  id: 0,
  op: "Conv",
  nodes: [0],
  owner: 0,
  layout: "plain",
  inputs: [],
  weights: [],
  outputs: [],
  activation: null,
  addsResidual: false,
  patterns: [],
  calls: ["Conv"],
};

function classOfOp(op: string, broadcasts = false): string {
  return classOf({ ...KERNEL, op }, null, broadcasts);
}

describe("the class of a kernel", () => {
  it.each<[string, Partial<ConvolutionGroups>]>([
    ["conv", {}],
    ["conv-pointwise", { kernelArea: 1 }],
    ["conv-depthwise", { groups: 32 }],
    ["conv-depthwise", { groups: 32, kernelArea: 1 }],
    ["conv-grouped", { groups: 4 }],
    ["conv-grouped", { groups: 32, outChannels: 64 }],
  ])("%s for a convolution of %o", (expected, shape) => {
    expect(classOf(KERNEL, { groups: 1, inChannels: 32, outChannels: 32, kernelArea: 9, ...shape }, false)).toBe(expected);
  });

  it.each<[string, Partial<ConvolutionGroups>]>([
    ["conv-pointwise", { kernelArea: 1 }],
    ["conv-depthwise", { groups: 32 }],
    ["conv-depthwise", { groups: 32, kernelArea: 25 }],
    ["conv", { groups: 32, kernelArea: 49 }],
    ["conv", { groups: 4 }],
    ["conv", { groups: 4, kernelArea: 1 }],
  ])("%s for a convolution of %o where they are indirect products", (expected, shape) => {
    const conv = { groups: 1, inChannels: 32, outChannels: 32, kernelArea: 9, ...shape };
    expect(classOf(KERNEL, conv, false, { depthwiseTaps: [9, 25], outputTile: 8 })).toBe(expected);
  });

  it("goes by the engine's name of the kernel", () => {
    expect(["Gemm", "Relu", "QuickGelu", "BlockedBatchNormalization", "ReorderInput", "Flatten"].map((op) => classOfOp(op))).toEqual([
      "gemm",
      "relu",
      "quick-gelu",
      "batch-norm",
      "reorder-input",
      "view",
    ]);
  });

  it("tells arithmetic that broadcasts, and nothing else, from arithmetic that does not", () => {
    expect(classOfOp("Mul")).toBe("mul");
    expect(classOfOp("Mul", true)).toBe("broadcast");
    expect(classOfOp("Pow", true)).toBe("broadcast");
    expect(classOfOp("Concat", true)).toBe("concat");
  });

  it("is other for whatever has no class, names of object members among it", () => {
    expect(["Frobnicate", "constructor", "__proto__", ""].map((op) => classOfOp(op))).toEqual(Array(4).fill("other"));
  });

  it("is named once", () => {
    expect(new Set(KERNEL_CLASSES).size).toBe(KERNEL_CLASSES.length);
  });
});

it("an addition of equal shapes is an add, one of a scalar a broadcast", () => {
  const network = new Network();
  const x = network.input([4, 8]);
  const sum = network.node("Add", [x, network.node("Add", [x, network.constant([])])]);
  const classes = kernelFacts(lower(network.graph(sum)), 8).map(({ kernelClass }) => kernelClass);
  expect(classes).toEqual(["broadcast", "add"]);
});
