import { describe, expect, it } from "vitest";
import { type ConvolutionSpec, kernelTexts, lower, Network } from "../../../test/helper/network.js";

/** What ONNX Runtime 1.32 was seen to run with AVX2, whose blocks hold 8 channels. */

const SIZE = 8;

function convTexts(inChannels: number, outChannels: number, spec: ConvolutionSpec = {}, channelBlock = 8): string[] {
  const network = new Network();
  const conv = network.conv(network.input([1, inChannels, SIZE, SIZE]), inChannels, outChannels, spec);
  return kernelTexts(network.graph(conv), channelBlock);
}

const PLAIN = ["Conv"];
const BLOCKED = ["ReorderInput", "Conv blocked", "ReorderOutput"];
const BLOCKED_FROM_PLAIN = ["Conv blocked", "ReorderOutput"];

/** A network that starts with a convolution of three channels, so that `first` is in blocks. */
function fromBlocks(outChannels: number, then: (network: Network, first: string) => string): string[] {
  const network = new Network();
  const first = network.conv(network.input([1, 3, SIZE, SIZE]), 3, outChannels);
  return kernelTexts(network.graph(then(network, first)));
}

describe("a convolution's layout", () => {
  it.each([
    [3, 32, BLOCKED_FROM_PLAIN],
    [7, 32, BLOCKED_FROM_PLAIN],
    [9, 32, PLAIN],
    [10, 32, PLAIN],
    [12, 30, BLOCKED],
    [32, 32, BLOCKED],
  ])("%i -> %i channels", (inChannels, outChannels, expected) => {
    expect(convTexts(inChannels, outChannels)).toEqual(expected);
  });

  it.each([
    [32, BLOCKED],
    [36, BLOCKED],
    [34, PLAIN],
  ])("depthwise over %i channels", (channels, expected) => {
    expect(convTexts(channels, channels, { groups: channels })).toEqual(expected);
  });

  it.each([
    [4, BLOCKED],
    [8, PLAIN],
  ])("32 channels in %i groups", (groups, expected) => {
    expect(convTexts(32, 32, { groups })).toEqual(expected);
  });

  it("goes by blocks of 16 with AVX-512", () => {
    expect(convTexts(12, 32, {}, 16)).toEqual(BLOCKED_FROM_PLAIN);
    expect(convTexts(32, 32, { groups: 4 }, 16)).toEqual(PLAIN);
    expect(convTexts(32, 32, { groups: 2 }, 16)).toEqual(BLOCKED);
  });

  it("is plain everywhere on an engine without blocks", () => {
    expect(convTexts(32, 32, {}, 0)).toEqual(PLAIN);
  });

  it("is plain in one dimension", () => {
    const network = new Network();
    const conv = network.node("Conv", [network.input([1, 32, 64]), network.constant([32, 32, 3])]);
    expect(kernelTexts(network.graph(conv))).toEqual(PLAIN);
  });

  it("reads plain what it gives in blocks where it has few channels", () => {
    const network = new Network();
    const x = network.input([1, 3, SIZE, SIZE]);
    const { kernels } = lower(network.graph(network.conv(x, 3, 32)));
    expect(kernels[0]).toMatchObject({ layout: "blocked", inputs: [{ layout: "plain" }] });
  });
});

describe("activations on blocks", () => {
  it.each(["Relu", "Sigmoid", "LeakyRelu", "HardSigmoid", "Clip"])("%s is part of the convolution", (op) => {
    expect(fromBlocks(32, (net, first) => net.node(op, [first]))).toEqual([`Conv+${op} blocked`, "ReorderOutput"]);
  });

  it.each(["Elu", "Erf"])("%s wants plain", (op) => {
    expect(fromBlocks(32, (net, first) => net.node(op, [first]))).toEqual(["Conv blocked", "ReorderOutput", op]);
  });

  it("x * Sigmoid(x) works on blocks", () => {
    expect(fromBlocks(32, (net, first) => net.node("Mul", [first, net.node("Sigmoid", [first])]))).toEqual([
      "Conv blocked",
      "QuickGelu blocked",
      "ReorderOutput",
    ]);
  });

  it("HardSwish is part of the convolution unless the model ends with it", () => {
    expect(fromBlocks(32, (net, first) => net.conv(net.node("HardSwish", [first]), 32, 32))).toEqual([
      "Conv+HardSwish blocked",
      "Conv blocked",
      "ReorderOutput",
    ]);
    expect(fromBlocks(32, (net, first) => net.node("HardSwish", [first]))).toEqual([
      "Conv blocked",
      "HardSwish blocked",
      "ReorderOutput",
    ]);
  });
});

describe("a residual addition", () => {
  it("becomes part of the convolution in blocks, with the activation after it", () => {
    const texts = fromBlocks(32, (net, first) => {
      const shortcut = net.node("Relu", [first]);
      return net.node("Relu", [net.node("Add", [net.conv(shortcut, 32, 32), shortcut])]);
    });
    expect(texts).toEqual(["Conv+Relu blocked", "Conv+residual+Relu blocked", "ReorderOutput"]);
  });

  it("leaves alone a convolution with an activation of its own", () => {
    const texts = fromBlocks(32, (net, first) => {
      const shortcut = net.node("Relu", [first]);
      return net.node("Add", [net.node("Relu", [net.conv(shortcut, 32, 32)]), shortcut]);
    });
    expect(texts).toEqual(["Conv+Relu blocked", "Conv+Relu blocked", "Add blocked", "ReorderOutput"]);
  });

  it("becomes part of a plain convolution too", () => {
    const network = new Network();
    const x = network.input([1, 30, SIZE, SIZE]);
    const sum = network.node("Add", [network.conv(x, 30, 30), x]);
    const { kernels } = lower(network.graph(network.node("Relu", [sum])));
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ op: "Conv", nodes: [0, 1, 2], activation: "Relu", addsResidual: true, layout: "plain" });
  });

  it("stands alone between layouts: a convolution in blocks plus the model's input", () => {
    const network = new Network();
    const x = network.input([1, 32, SIZE, SIZE]);
    const sum = network.node("Add", [network.conv(x, 32, 32), x]);
    expect(kernelTexts(network.graph(network.node("Relu", [sum])))).toEqual([...BLOCKED, "Add", "Relu"]);
  });

  it("is done once by the first of two convolutions, which then runs after the second", () => {
    const network = new Network();
    const x = network.input([1, 3, SIZE, SIZE]);
    const sum = network.node("Add", [network.conv(x, 3, 32), network.conv(x, 3, 32)]);
    const { kernels } = lower(network.graph(sum));
    expect(kernels.map(({ op, nodes }) => [op, ...nodes])).toEqual([["Conv", 1], ["Conv", 0, 2], ["ReorderOutput"]]);
    expect(kernels[1]?.inputs.map(({ layout }) => layout)).toEqual(["plain", "blocked"]);
  });

  it("is plain where the shapes differ: the gate of squeeze and excitation", () => {
    const texts = fromBlocks(32, (net, first) => {
      const squeezed = net.conv(net.node("GlobalAveragePool", [first]), 32, 8, { kernel: 1 });
      const gate = net.node("Sigmoid", [net.conv(net.node("Relu", [squeezed]), 8, 32, { kernel: 1 })]);
      return net.conv(net.node("Mul", [first, gate]), 32, 32);
    });
    expect(texts).toEqual([
      "Conv blocked",
      "GlobalAveragePool blocked",
      "Conv+Relu blocked",
      "Conv+Sigmoid blocked",
      "ReorderOutput",
      "ReorderOutput",
      "Mul",
      ...BLOCKED,
    ]);
  });
});

describe("Concat", () => {
  const concatenated = (first: number, second: number): string[] => {
    const network = new Network();
    const x = network.input([1, 3, SIZE, SIZE]);
    const joined = network.node("Concat", [network.conv(x, 3, first), network.conv(x, 3, second)], { axis: 1 });
    return kernelTexts(network.graph(network.conv(joined, first + second, 32)));
  };

  it("joins blocks where every part fills whole ones", () => {
    expect(concatenated(32, 16)).toEqual(["Conv blocked", "Conv blocked", "Concat blocked", "Conv blocked", "ReorderOutput"]);
  });

  it("is plain where one does not", () => {
    expect(concatenated(32, 12)).toEqual([
      "Conv blocked",
      "Conv blocked",
      "ReorderOutput",
      "ReorderOutput",
      "Concat",
      ...BLOCKED,
    ]);
  });

  it("is plain along any axis but the channels'", () => {
    const texts = fromBlocks(32, (net, first) => net.node("Concat", [first, net.node("Elu", [first])], { axis: -1 }));
    expect(texts).toEqual(["Conv blocked", "ReorderOutput", "Elu", "Concat"]);
  });
});

describe("pools", () => {
  it.each([
    [32, ["ReorderInput", "MaxPool blocked", "ReorderOutput"]],
    [30, ["MaxPool"]],
  ])("of %i channels standing alone", (channels, expected) => {
    const network = new Network();
    expect(kernelTexts(network.graph(network.maxPool(network.input([1, channels, SIZE, SIZE]))))).toEqual(expected);
  });
});

describe("a batch norm that no convolution takes in", () => {
  it("works on blocks and takes in a Relu", () => {
    const texts = fromBlocks(32, (net, first) => net.conv(net.node("Relu", [net.batchNorm(net.maxPool(first), 32)]), 32, 32));
    expect(texts).toEqual([
      "Conv blocked",
      "MaxPool blocked",
      "BlockedBatchNormalization+Relu blocked",
      "Conv blocked",
      "ReorderOutput",
    ]);
  });

  it("stays what it is on plain values", () => {
    const network = new Network();
    const norm = network.batchNorm(network.input([1, 32, SIZE, SIZE]), 32);
    expect(kernelTexts(network.graph(network.node("Relu", [norm])))).toEqual(["BatchNormalization", "Relu"]);
  });
});

it("makes one reorder for all the readers of a value", () => {
  const texts = fromBlocks(32, (net, first) => net.node("Concat", [net.node("Elu", [first]), net.node("Erf", [first])], { axis: 1 }));
  expect(texts).toEqual(["Conv blocked", "ReorderOutput", "Elu", "Erf", "Concat"]);
});
