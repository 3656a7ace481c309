import type { Graph } from "../../src/graph/types.js";

/** A graph of one Relu on four floats, made by hand. */
export function tinyGraph(overrides: Partial<Graph> = {}, nodeName = "relu"): Graph {
  const fact = { dtype: "float32", shape: [1, 4], value: null, constant: false } as const;
  return {
    name: "tiny",
    producer: "by hand",
    opsets: new Map([["", 17]]),
    values: [
      { name: "x", role: "input", fact, producer: null, consumers: [0] },
      { name: "y", role: "activation", fact, producer: 0, consumers: [] },
    ],
    nodes: [
      {
        id: 0,
        name: nodeName,
        domain: "",
        opType: "Relu",
        opset: 17,
        kind: "activation",
        inputs: [0],
        outputs: [1],
        captured: new Map(),
        rawAttributes: new Map(),
        attributes: {},
        folded: false,
        cost: { macs: 0, flops: 4, bytesRead: 16, bytesWritten: 16 },
        parameters: 0,
        repeats: null,
      },
    ],
    inputs: [0],
    outputs: [1],
    adjacency: { size: 1, rowOffsets: new Uint32Array(2), columns: new Uint32Array(0) },
    modelId: "a".repeat(64),
    totals: {
      flops: 4,
      macs: 0,
      bytesRead: 16,
      bytesWritten: 16,
      parameters: 0,
      weightBytes: 0,
      peakActivationBytes: 32,
      convolutions: 0,
      fullyConnected: 0,
      batchNorms: 0,
    },
    unsupported: new Map(),
    ...overrides,
  };
}
