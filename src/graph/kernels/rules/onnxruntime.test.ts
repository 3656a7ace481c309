import { describe, expect, it } from "vitest";
import { kernelTexts, lower, Network } from "../../../../test/helper/network.js";
import type { AttributeSpec } from "../../../../test/helper/onnx.js";
import type { Graph } from "../../types.js";

/** What ONNX Runtime 1.32 was seen to run. 30 channels keep a convolution in plain layout, where layouts are beside the point. */

/** conv on 30 channels, then what `then` appends to it. */
function afterConv(then: (network: Network, conv: string) => string, channels = 30): Graph {
  const network = new Network();
  const conv = network.conv(network.input([1, channels, 8, 8]), channels, channels);
  return network.graph(then(network, conv));
}

/** A matrix product [4, 16] x [16, 8], then what `then` appends to it. */
function afterMatMul(then: (network: Network, product: string) => string, left: readonly number[] = [4, 16]): Graph {
  const network = new Network();
  const product = network.node("MatMul", [network.input(left), network.constant([16, 8])]);
  return network.graph(then(network, product));
}

describe("a convolution", () => {
  it("takes in a batch norm and then an activation", () => {
    const graph = afterConv((net, conv) => net.node("Relu", [net.batchNorm(conv, 30)]));
    const { kernels, fusedInto } = lower(graph);
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ op: "Conv", nodes: [0, 1, 2], owner: 0, activation: "Relu" });
    expect(fusedInto).toEqual(new Map([[1, 0], [2, 0]]));
  });

  it.each(["Relu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid"])("takes in %s", (op) => {
    expect(kernelTexts(afterConv((net, conv) => net.node(op, [conv])))).toEqual([`Conv+${op}`]);
  });

  it("takes in Clip with constant bounds", () => {
    const graph = afterConv((net, conv) => net.node("Clip", [conv, net.constant([], [0]), net.constant([], [6])]));
    expect(kernelTexts(graph)).toEqual(["Conv+Clip"]);
  });

  it.each(["Elu", "Erf", "Softplus", "Exp"])("does not take in %s", (op) => {
    expect(kernelTexts(afterConv((net, conv) => net.node(op, [conv])))).toEqual(["Conv", op]);
  });

  it("takes in one activation only, and no batch norm after it", () => {
    const twice = afterConv((net, conv) => net.node("Relu", [net.node("Sigmoid", [conv])]));
    const normalized = afterConv((net, conv) => net.batchNorm(net.node("Relu", [conv]), 30));
    expect(kernelTexts(twice)).toEqual(["Conv+Sigmoid", "Relu"]);
    expect(kernelTexts(normalized)).toEqual(["Conv+Relu", "BatchNormalization"]);
  });

  it.each([
    ["a scalar", [], ["Conv"], ["Conv", "Add"]],
    ["one element", [1], ["Conv"], ["Conv", "Add"]],
    ["[C, 1, 1]", [30, 1, 1], ["Conv"], ["Conv"]],
    ["[1, C, 1, 1]", [1, 30, 1, 1], ["Conv"], ["Conv"]],
    ["the width", [8], ["Conv", "Mul"], ["Conv", "Add"]],
    ["every pixel", [30, 8, 8], ["Conv", "Mul"], ["Conv", "Add"]],
  ])("times or plus a constant of %s", (_, dims, multiplied, added) => {
    const withConstant = (op: string): string[] =>
      kernelTexts(afterConv((net, conv) => net.node(op, [conv, net.constant(dims)])));
    expect(withConstant("Mul")).toEqual(multiplied);
    expect(withConstant("Add")).toEqual(added);
  });

  it("does not mistake a row as wide as there are channels for one number per channel", () => {
    expect(kernelTexts(afterConv((net, conv) => net.node("Mul", [conv, net.constant([8])]), 8), 0)).toEqual(["Conv", "Mul"]);
  });

  it("fuses with nothing when its output has two readers", () => {
    const graph = afterConv((net, conv) => net.node("Concat", [net.node("Relu", [conv]), net.node("Elu", [conv])], { axis: 1 }));
    expect(kernelTexts(graph)).toEqual(["Conv", "Relu", "Elu", "Concat"]);
  });

  it("fuses with nothing when its output is the model's as well", () => {
    const network = new Network();
    const conv = network.conv(network.input([1, 30, 8, 8]), 30, 30);
    expect(kernelTexts(network.graph(conv, network.node("Relu", [conv])))).toEqual(["Conv", "Relu"]);
  });
});

describe("Pad before a convolution", () => {
  const padded = (spec: { mode?: string; fill?: number; opset?: number; value?: number }): string[] => {
    const { mode = "constant", fill, opset = 17, value } = spec;
    const network = new Network(opset);
    const x = network.input([1, 30, 8, 8]);
    const pads = [0, 0, 1, 1, 0, 0, 1, 1];
    const inputs = [x, ...(opset < 11 ? [] : [network.integers(...pads)])];
    if (fill !== undefined) inputs.push(network.constant([], [fill]));
    const fillAttribute: AttributeSpec = value === undefined ? {} : { value: { kind: "float", value } };
    const attributes: AttributeSpec = opset < 11 ? { mode, pads, ...fillAttribute } : { mode };
    const pad = network.node("Pad", inputs, attributes);
    const weight = network.constant([30, 30, 3, 3]);
    const { kernels, fusedInto } = lower(network.graph(network.node("Conv", [pad, weight])));
    if (kernels.length === 1) expect(fusedInto).toEqual(new Map([[0, 1]]));
    return kernels.map(({ op, nodes }) => `${op} ${nodes.join("+")}`);
  };

  it("becomes its padding where it fills with zeros", () => {
    expect(padded({})).toEqual(["Conv 1+0"]);
    expect(padded({ fill: 0 })).toEqual(["Conv 1+0"]);
    expect(padded({ opset: 10 })).toEqual(["Conv 1+0"]);
    expect(padded({ opset: 10, value: 0 })).toEqual(["Conv 1+0"]);
  });

  it("stays where it fills with anything else", () => {
    expect(padded({ fill: 1 })).toEqual(["Pad 0", "Conv 1"]);
    expect(padded({ opset: 10, value: 1 })).toEqual(["Pad 0", "Conv 1"]);
    expect(padded({ mode: "reflect" })).toEqual(["Pad 0", "Conv 1"]);
  });
});

describe("a matrix product", () => {
  it("is one Gemm with its bias and activation", () => {
    const graph = afterMatMul((net, product) => net.node("Relu", [net.node("Add", [product, net.constant([8])])]));
    const { kernels } = lower(graph);
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ op: "Gemm", nodes: [0, 1, 2], activation: "Relu" });
    expect(kernels[0]?.weights).toHaveLength(2);
  });

  it("has no activation fused in where it is no matrix", () => {
    const graph = afterMatMul((net, product) => net.node("Relu", [net.node("Add", [product, net.constant([8])])]), [2, 4, 16]);
    expect(kernelTexts(graph)).toEqual(["Gemm", "Relu"]);
  });

  it("takes in no bias of two axes", () => {
    const graph = afterMatMul((net, product) => net.node("Add", [product, net.constant([1, 8])]));
    expect(kernelTexts(graph)).toEqual(["MatMul", "Add"]);
  });

  it("of Gemm takes in Relu but not Clip", () => {
    const gemmThen = (op: string): string[] => {
      const network = new Network();
      const gemm = network.node("Gemm", [network.input([4, 16]), network.constant([16, 8])]);
      return kernelTexts(network.graph(network.node(op, [gemm])));
    };
    expect(gemmThen("Relu")).toEqual(["Gemm+Relu"]);
    expect(gemmThen("Clip")).toEqual(["Gemm", "Clip"]);
  });

  it("reads an operand transposed in its last two axes in place", () => {
    const withPermutation = (perm: readonly number[], shape: readonly number[]): string[] => {
      const network = new Network();
      const left = network.input([2, 8, 8], "left");
      const right = network.node("Transpose", [network.input(shape, "right")], { perm });
      const graph = network.graph(network.node("MatMul", [left, right]));
      return lower(graph).kernels.map(({ op, inputs }) => `${op} ${inputs.map(({ value }) => graph.values[value]?.name).join(" ")}`);
    };
    expect(withPermutation([0, 2, 1], [2, 8, 8])).toEqual(["MatMul left right"]);
    expect(withPermutation([1, 0, 2], [8, 2, 8])).toEqual(["Transpose right", "MatMul left n0"]);
  });
});

describe("gates", () => {
  it.each([
    ["Sigmoid", "QuickGelu"],
    ["HardSigmoid", "HardSwish"],
  ])("x * %s(x) is one %s, whichever factor comes first", (gate, fused) => {
    for (const swapped of [false, true]) {
      const network = new Network();
      const x = network.input([4, 8]);
      const factors = [x, network.node(gate, [x])];
      const { kernels } = lower(network.graph(network.node("Mul", swapped ? factors.reverse() : factors)));
      expect(kernels).toHaveLength(1);
      expect(kernels[0]).toMatchObject({ op: fused, nodes: [0, 1] });
      expect(kernels[0]?.inputs).toHaveLength(1);
    }
  });

  it("are two kernels where the factors differ", () => {
    const network = new Network();
    const gate = network.node("Sigmoid", [network.input([4, 8])]);
    expect(kernelTexts(network.graph(network.node("Mul", [gate, network.input([4, 8], "other")])))).toEqual(["Sigmoid", "Mul"]);
  });

  it("are two kernels where the gate has another reader", () => {
    const network = new Network();
    const x = network.input([4, 8]);
    const gate = network.node("Sigmoid", [x]);
    expect(kernelTexts(network.graph(network.node("Mul", [x, gate]), gate))).toEqual(["Sigmoid", "Mul"]);
  });
});

describe("nodes that do nothing", () => {
  it.each(["Identity", "Dropout"])("%s vanishes, and what it stood between fuses", (op) => {
    const graph = afterConv((net, conv) => net.conv(net.node(op, [net.node("Relu", [net.node(op, [conv])])]), 30, 30));
    const { kernels, fusedInto } = lower(graph);
    expect(kernels.map(({ nodes }) => nodes)).toEqual([[0, 2], [4]]);
    expect(fusedInto).toEqual(new Map([[2, 0]]));
  });

  it("nodes of constants alone are no kernels", () => {
    const network = new Network();
    const weight = network.node("Transpose", [network.constant([8, 16])], { perm: [1, 0] });
    const graph = network.graph(network.node("MatMul", [network.input([4, 16]), weight]));
    expect(kernelTexts(graph)).toEqual(["MatMul"]);
  });
});

describe("pairs", () => {
  it("Relu and Clip are one Clip", () => {
    const network = new Network();
    expect(kernelTexts(network.graph(network.node("Clip", [network.node("Relu", [network.input([4, 8])])])))).toEqual(["Clip"]);
  });

  it("two Reshapes are one", () => {
    const network = new Network();
    const first = network.node("Reshape", [network.input([4, 8]), network.integers(32)]);
    const second = network.node("Reshape", [first, network.integers(8, 4)]);
    const { kernels } = lower(network.graph(second));
    expect(kernels.map(({ op, nodes }) => [op, nodes])).toEqual([["Reshape", [0, 1]]]);
  });
});
