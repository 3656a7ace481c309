import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { lowerToKernels } from "./lower.js";

/** Operators in the order in which MindSpore Lite runs them, the copies between layouts among them. */
const opsOf = (network: Network, ...outputs: readonly string[]): readonly string[] =>
  lowerToKernels(network.graph(...outputs), { engine: "mindspore", channelBlock: 0 }).kernels.map(({ op }) => op);

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
