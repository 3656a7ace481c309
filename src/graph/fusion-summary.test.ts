import { describe, expect, it } from "vitest";
import { Network } from "../../test/helper/network.js";
import { summarizeFused } from "./fusion-summary.js";

/** conv, mish (n1 softplus, n2 tanh, n3 product), identity, elu; the last but one vanishes. */
function mishNetwork() {
  const network = new Network();
  const conv = network.conv(network.input([1, 3, 8, 8]), 3, 30);
  const mish = network.node("Mul", [conv, network.node("Tanh", [network.node("Softplus", [conv])])]);
  return network.graph(network.node("Elu", [network.node("Identity", [mish])]));
}

describe("what an engine makes of each node", () => {
  it("names the kernel, the patterns that made it and the node that it is reported under", () => {
    const { nodes } = summarizeFused(mishNetwork(), "ncnn");
    const conv = { kernel: "Conv+Mish", patterns: ["conv-mish"], eliminatedBy: null };
    expect(nodes.slice(0, 4)).toMatchObject([conv, conv, conv, conv]);
    expect(nodes.map(({ fusedInto }) => fusedInto)).toEqual([null, "n0", "n0", "n0", null, null]);
  });

  it("tells by what a node vanishes", () => {
    const { nodes } = summarizeFused(mishNetwork(), "ncnn");
    expect(nodes[4]).toMatchObject({ opType: "Identity", kernel: null, patterns: [], eliminatedBy: "no-op" });
    expect(nodes[5]).toMatchObject({ opType: "Elu", kernel: "Elu", patterns: [], eliminatedBy: null });
  });

  it("goes by the engine", () => {
    const { kernels, kernelCount, fusions } = summarizeFused(mishNetwork(), "mnn");
    const each = ["Conv", "Softplus", "Tanh", "Mul", "Elu"].map((kernel) => ({ kernel, count: 1 }));
    expect(kernels).toEqual(each);
    expect(kernelCount).toBe(5);
    expect(fusions).toEqual([{ pattern: "no-op", count: 1, description: "Identity, Dropout: nothing is done" }]);
  });

  it("counts reorders between ONNX Runtime's layouts as kernels", () => {
    const network = new Network();
    const x = network.input([1, 32, 8, 8]);
    const sum = network.node("Add", [network.conv(x, 32, 32), network.conv(x, 32, 32)]);
    const { kernels, fusions } = summarizeFused(network.graph(network.node("Relu", [sum])), "onnxruntime");
    expect(kernels).toEqual([
      { kernel: "ReorderInput", count: 1 },
      { kernel: "Conv", count: 1 },
      { kernel: "Conv+residual+Relu", count: 1 },
      { kernel: "ReorderOutput", count: 1 },
    ]);
    expect(fusions.map(({ pattern }) => pattern)).toEqual(["conv-add", "conv-relu"]);
  });
});
