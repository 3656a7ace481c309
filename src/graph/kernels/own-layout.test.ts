import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { lowerToKernels } from "./lower.js";
import type { LoweredEngine } from "./rules/engines.js";

/** Operators in the order in which an engine runs them, the copies between layouts among them. */
const opsBy = (engine: LoweredEngine, network: Network, ...outputs: readonly string[]): readonly string[] =>
  lowerToKernels(network.graph(...outputs), { engine, channelBlock: 0 }).kernels.map(({ op }) => op);
const opsOf = (network: Network, ...outputs: readonly string[]): readonly string[] => opsBy("mindspore", network, ...outputs);

describe("a layout of the engine's own", () => {
  it("lasts from the first kernel that needs it to the model's output", () => {
    const network = new Network();
    const first = network.conv(network.input([1, 3, 8, 8]), 3, 16);
    expect(opsOf(network, network.conv(network.node("Sigmoid", [first]), 16, 16))).toEqual(["ReorderInput", "Conv", "Sigmoid", "Conv", "ReorderOutput"]);
  });

  it("is not made for what understands both", () => {
    const network = new Network();
    expect(opsOf(network, network.node("Sigmoid", [network.input([1, 16, 8, 8])]))).toEqual(["Sigmoid"]);
  });

  it("ends where a kernel does not understand it, and is made again after it", () => {
    const network = new Network();
    const pooled = network.maxPool(network.input([1, 16, 8, 8]));
    const turned = network.node("Transpose", [pooled], { perm: [0, 1, 3, 2] });
    expect(opsOf(network, network.maxPool(turned))).toEqual(["ReorderInput", "MaxPool", "ReorderOutput", "Transpose", "ReorderInput", "MaxPool", "ReorderOutput"]);
  });

  it("is made once of a value that several kernels read", () => {
    const network = new Network();
    const input = network.input([1, 16, 8, 8]);
    const sum = network.node("Add", [network.maxPool(input), input]);
    expect(opsOf(network, sum)).toEqual(["ReorderInput", "MaxPool", "Add", "ReorderOutput"]);
  });

  it("is one of feature maps alone", () => {
    const network = new Network();
    expect(opsOf(network, network.node("Softmax", [network.input([1, 16, 8])]))).toEqual(["Softmax"]);
  });
});

describe("a layout in packs of channels", () => {
  const ncnn = (network: Network, ...outputs: readonly string[]): readonly string[] => opsBy("ncnn", network, ...outputs);

  it("is made even for one activation", () => {
    const network = new Network();
    expect(ncnn(network, network.node("Sigmoid", [network.input([1, 16, 8, 8])]))).toEqual(["ReorderInput", "Sigmoid", "ReorderOutput"]);
  });

  it("is not that of channels that fill no pack", () => {
    const network = new Network();
    const six = network.conv(network.input([1, 3, 8, 8]), 3, 6);
    expect(ncnn(network, network.conv(network.maxPool(six), 6, 8))).toEqual(["Conv", "MaxPool", "Conv", "ReorderOutput"]);
  });

  it("is one of some values that a kernel reads or writes", () => {
    const network = new Network();
    const [packed, plain] = [network.input([1, 8, 8, 8]), network.input([1, 6, 8, 8], "y")];
    const { kernels, adjacency } = lowerToKernels(network.graph(network.maxPool(network.node("Concat", [packed, plain], { axis: 1 }))), { engine: "ncnn", channelBlock: 0 });
    expect(kernels.map(({ op, inputs }) => [op, ...inputs.map(({ layout }) => layout)])).toEqual([
      ["ReorderInput", "plain"],
      ["Concat", "own", "plain"],
      ["MaxPool", "plain"],
    ]);
    expect([...adjacency.columns]).toEqual([1, 2]);
  });

  it("ends before what does not support it", () => {
    const network = new Network();
    const norm = network.node("LRN", [network.maxPool(network.input([1, 16, 8, 8]))], { size: 5 });
    expect(ncnn(network, network.maxPool(norm))).toEqual(["ReorderInput", "MaxPool", "ReorderOutput", "LRN", "ReorderInput", "MaxPool", "ReorderOutput"]);
  });

  it("is kept by what takes any", () => {
    const network = new Network();
    const input = network.input([1, 16, 8, 8]);
    const turned = (value: string): string => network.node("Transpose", [value], { perm: [0, 1, 3, 2] });
    expect(ncnn(network, turned(input))).toEqual(["Transpose"]);
    const other = new Network();
    const pooled = other.maxPool(other.input([1, 16, 8, 8]));
    expect(ncnn(other, other.node("Transpose", [pooled], { perm: [0, 1, 3, 2] }))).toEqual(["ReorderInput", "MaxPool", "Transpose", "ReorderOutput"]);
  });
});
