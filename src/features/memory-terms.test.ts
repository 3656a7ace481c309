import { describe, expect, it } from "vitest";
import { Network } from "../../test/helper/network.js";
import type { EngineRules } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import { MEMORY_TERMS, type MemoryTerm, memoryTerms } from "./memory-terms.js";
import { modelFeatures } from "./model-features.js";

const ONNXRUNTIME: EngineRules = { engine: "onnxruntime", channelBlock: 16 };
const TFLITE: EngineRules = { engine: "tflite", channelBlock: 16 };
const NCNN: EngineRules = { engine: "ncnn", channelBlock: 16 };
const FLOAT = 4;

/** Terms by name, in bytes. */
function termsOf(graph: Graph, rules: EngineRules = ONNXRUNTIME): Readonly<Record<MemoryTerm, number>> {
  const terms = memoryTerms(modelFeatures(graph, rules));
  return Object.fromEntries(MEMORY_TERMS.map((name, i) => [name, (terms[i] ?? NaN) * 2 ** 20])) as Record<MemoryTerm, number>;
}

describe("weights", () => {
  it("are told apart by what reads them", () => {
    const network = new Network();
    const window = network.conv(network.input([1, 3, 8, 8]), 3, 16);
    const pointwise = network.conv(window, 16, 32, { kernel: 1 });
    const pooled = network.node("Flatten", [network.node("GlobalAveragePool", [pointwise])]);
    const graph = network.graph(network.node("Gemm", [pooled, network.constant([10, 32])], { transB: 1 }));
    expect(termsOf(graph)).toMatchObject({
      weights: FLOAT * (3 * 16 * 9 + 16 * 32 + 320),
      windowWeights: FLOAT * 3 * 16 * 9,
      pointwiseWeights: FLOAT * 16 * 32,
      productWeights: FLOAT * 320,
      blockedWeights: FLOAT * (3 * 16 * 9 + 16 * 32),
      foldedWeights: 0,
      largestWeights: FLOAT * 16 * 32,
    });
  });

  it("count where a batch norm is folded into them", () => {
    const network = new Network();
    const folded = network.batchNorm(network.conv(network.input([1, 3, 8, 8]), 3, 16), 16);
    const graph = network.graph(network.conv(folded, 16, 16));
    expect(termsOf(graph).foldedWeights).toBe(FLOAT * (3 * 16 * 9 + 4 * 16));
  });

  it("are larger where Winograd's algorithm transforms them: 36 numbers for 9 in tiles of 6", () => {
    const network = new Network();
    const { transformedWeights, windowWeights } = termsOf(network.graph(network.conv(network.input([1, 64, 28, 28]), 64, 64)), NCNN);
    expect(transformedWeights).toBe(FLOAT * 64 * 64 * 36);
    expect(windowWeights).toBe(0);
  });
});

describe("activations", () => {
  const plane = FLOAT * 16 * 8 * 8;

  it("live until their last reader has run", () => {
    const network = new Network();
    const first = network.node("Sigmoid", [network.input([1, 16, 8, 8])]);
    const second = network.node("Sigmoid", [first]);
    const { liveActivations, allActivations } = termsOf(network.graph(network.node("Add", [first, network.node("Sigmoid", [second])])), TFLITE);
    // The shortcut beside what the second reads and writes.
    expect(liveActivations).toBe(3 * plane);
    expect(allActivations).toBe(4 * plane);
  });

  it("lie in blocks of channels where the engine keeps them so, and once more in the plain layout", () => {
    const network = new Network();
    const conv = network.conv(network.input([1, 3, 8, 8]), 3, 24);
    // 24 channels fill 32; the network's output is a copy in the plain layout.
    expect(termsOf(network.graph(conv)).liveActivations).toBe(FLOAT * 64 * (32 + 24));
  });

  it("take no room where they are views", () => {
    const network = new Network();
    const seen = network.node("Reshape", [network.node("Sigmoid", [network.input([1, 16, 8, 8])]), network.integers(1, 1024)]);
    expect(termsOf(network.graph(network.node("Sigmoid", [seen])), TFLITE).liveActivations).toBe(2 * plane);
  });
});

describe("scratch", () => {
  it("is the unfolded input of the convolution that has most of it", () => {
    const network = new Network();
    const graph = network.graph(network.conv(network.conv(network.input([1, 20, 8, 8]), 20, 18, { kernel: 5 }), 18, 18, { kernel: 5 }));
    const { unfolded, transformed, workingSet, pointers } = termsOf(graph, NCNN);
    expect(unfolded).toBe(FLOAT * 20 * 25 * 64);
    expect(workingSet).toBe(unfolded + FLOAT * 64 * (20 + 18));
    expect([transformed, pointers]).toEqual([0, 0]);
  });

  it("is tiles of input and output where Winograd's algorithm is known to be used", () => {
    const network = new Network();
    const { unfolded, transformed } = termsOf(network.graph(network.conv(network.input([1, 64, 28, 28]), 64, 48)), NCNN);
    expect(transformed).toBe(FLOAT * 7 * 7 * 36 * (64 + 48));
    expect(unfolded).toBe(0);
  });

  it("is pointers where products are indirect: one a pixel and tap, shared along rows by windows over single channels", () => {
    const dense = new Network();
    const deep = new Network();
    expect(termsOf(dense.graph(dense.conv(dense.input([1, 16, 8, 8]), 16, 16)), TFLITE)).toMatchObject({ pointers: 8 * 64 * 9, unfolded: 0 });
    expect(termsOf(deep.graph(deep.conv(deep.input([1, 16, 8, 8]), 16, 16, { groups: 16 })), TFLITE).pointers).toBe(8 * 64 * 3);
  });

  it("is copies where only another library pads a pooling", () => {
    const network = new Network();
    const graph = network.graph(network.maxPool(network.input([1, 16, 8, 8])));
    expect(termsOf(graph, TFLITE).paddedPool).toBe(2 * FLOAT * 16 * 64);
    expect(termsOf(graph).paddedPool).toBe(0);
  });
});

it("counts what is not known as nothing", () => {
  const network = new Network();
  const graph = network.graph(network.node("Mystery", [network.input([1, 16, 8, 8])], {}, "nobody"));
  const { process, ...rest } = termsOf(graph);
  expect(process).toBe(2 ** 20);
  expect(Object.values(rest).every((value) => Number.isFinite(value))).toBe(true);
});
