import { describe, expect, it } from "vitest";
import { type ConvolutionSpec, lower, Network } from "../../test/helper/network.js";
import { lowerToKernels } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import { kernelFacts, type KernelFacts } from "./kernel-facts.js";

const BLOCK = 8;

function factsOf(graph: Graph, channelBlock = BLOCK): KernelFacts[] {
  return kernelFacts(lower(graph, channelBlock), channelBlock);
}

/** Facts of the convolution itself, on planes of 7 x 7. */
function convFacts(inChannels: number, outChannels: number, spec: ConvolutionSpec = {}): KernelFacts | undefined {
  const network = new Network();
  const conv = network.conv(network.input([1, inChannels, 7, 7]), inChannels, outChannels, spec);
  return factsOf(network.graph(conv)).find(({ kernelClass }) => kernelClass.startsWith("conv"));
}

/** (position, tap) pairs of a 3 x 3 window on 7 x 7 that fall on the input: 2 + 5 * 3 + 2 along each axis. */
const INSIDE = 19 * 19;

describe("the work that the engine does for a convolution", () => {
  it("is filled up to whole blocks of channels in blocked layout", () => {
    const macs = 49 * 9 * 12 * 30;
    const facts = convFacts(12, 30);
    expect(facts).toMatchObject({ macs, flops: 2 * macs, blocked: true });
    expect(facts?.paddedMacs).toBeCloseTo(INSIDE * 16 * 32, 6);
  });

  it("is not filled up on the input's side where it reads plain", () => {
    const facts = convFacts(3, 30);
    expect(facts?.readsPlain).toBe(true);
    expect(facts?.paddedMacs).toBeCloseTo(INSIDE * 3 * 32, 6);
  });

  it("is filled up once where it is depthwise", () => {
    const facts = convFacts(36, 36, { groups: 36 });
    expect(facts).toMatchObject({ macs: 49 * 9 * 36, groups: 36 });
    expect(facts?.paddedMacs).toBeCloseTo(INSIDE * 40, 6);
  });

  it("is filled up to the register tile of 6 x 16 in plain layout", () => {
    const facts = convFacts(9, 32);
    expect(facts).toMatchObject({ macs: 49 * 9 * 9 * 32, blocked: false });
    expect(facts?.paddedMacs).toBeCloseTo(64 * 9 * 9 * 36, 6);
  });

  it("counts what a fused batch norm and activation add", () => {
    const network = new Network();
    const conv = network.conv(network.input([1, 9, 7, 7]), 9, 32);
    const graph = network.graph(network.node("Relu", [network.batchNorm(conv, 32)]));
    const [facts] = factsOf(graph);
    expect(facts).toMatchObject({ activation: "Relu", macs: graph.totals.macs, flops: graph.totals.flops });
    expect(facts?.flops).toBeGreaterThan(2 * (facts?.macs ?? 0));
  });
});

describe("bytes", () => {
  it("include what fills up the last block", () => {
    expect(convFacts(12, 30)).toMatchObject({ bytesIn: 4 * 16 * 49, bytesOut: 4 * 32 * 49, bytesWeights: 4 * 9 * 12 * 30 });
  });

  it("are the tensors' own in plain layout", () => {
    expect(convFacts(9, 30)).toMatchObject({ bytesIn: 4 * 9 * 49, bytesOut: 4 * 30 * 49 });
  });

  it("count a residual addend among the inputs", () => {
    const network = new Network();
    const x = network.input([1, 30, 7, 7]);
    const other = network.input([1, 30, 7, 7], "other");
    const [facts] = factsOf(network.graph(network.node("Add", [network.conv(x, 30, 30), other])));
    expect(facts).toMatchObject({ addsResidual: true, operands: 2, bytesIn: 2 * 4 * 30 * 49 });
  });

  it("of a reorder are plain on one side and filled up on the other", () => {
    const network = new Network();
    const facts = factsOf(network.graph(network.conv(network.input([1, 12, 7, 7]), 12, 30)));
    expect(facts.map(({ kernelClass }) => kernelClass)).toEqual(["reorder-input", "conv", "reorder-output"]);
    expect(facts[0]).toMatchObject({ known: true, bytesIn: 4 * 12 * 49, bytesOut: 4 * 16 * 49, macs: 0, bytesWeights: 0 });
    expect(facts[2]).toMatchObject({ known: true, bytesIn: 4 * 32 * 49, bytesOut: 4 * 30 * 49 });
  });

  it.each<[string, number, number, ConvolutionSpec, number]>([
    ["in blocks", 12, 30, {}, 0],
    ["plain and pointwise", 9, 30, { kernel: 1 }, 0],
    ["plain and pointwise with a stride", 9, 30, { kernel: 1, stride: 2 }, 4 * 9 * 16],
    ["plain with a kernel of 3 x 3", 9, 30, {}, 4 * 9 * 9 * 49],
  ])("of the unfolded input of a convolution %s", (_, inChannels, outChannels, spec, expected) => {
    expect(convFacts(inChannels, outChannels, spec)?.im2colBytes).toBe(expected);
  });
});

describe("shapes", () => {
  it("of a convolution tell channels, planes and window", () => {
    expect(convFacts(12, 30, { kernel: 5, stride: 2 })).toMatchObject({
      inChannels: 12,
      outChannels: 30,
      inArea: 49,
      outArea: 16,
      outWidth: 4,
      kernelHeight: 5,
      kernelWidth: 5,
      stride: 2,
      dilation: 1,
      groups: 1,
    });
  });

  it("of a pool tell its window, without weights", () => {
    const network = new Network();
    const [, pool] = factsOf(network.graph(network.maxPool(network.input([1, 32, 7, 7]))));
    expect(pool).toMatchObject({ kernelClass: "max-pool", kernelHeight: 3, kernelWidth: 3, bytesWeights: 0 });
  });

  it("of a matrix take the columns for channels", () => {
    const network = new Network();
    const [gemm] = factsOf(network.graph(network.node("Gemm", [network.input([4, 16]), network.constant([16, 10])])));
    expect(gemm).toMatchObject({ kernelClass: "gemm", inChannels: 16, outChannels: 10, inArea: 1, macs: 4 * 16 * 10 });
  });

  it("of a window in one dimension have height 1", () => {
    const network = new Network();
    const conv = network.node("Conv", [network.input([1, 9, 20]), network.constant([9, 9, 3])]);
    const [facts] = factsOf(network.graph(conv));
    expect(facts).toMatchObject({ kernelHeight: 1, kernelWidth: 3, outArea: 18, outWidth: 18 });
  });
});

describe("what is not known", () => {
  it("is said of an operator that nobody knows, and of what reads it", () => {
    const network = new Network();
    const mystery = network.node("Frobnicate", [network.input([1, 4])], {}, "com.example");
    const facts = factsOf(network.graph(network.node("Relu", [mystery])));
    expect(facts.map(({ known, kernelClass }) => [known, kernelClass])).toEqual([
      [false, "other"],
      [false, "relu"],
    ]);
    expect(facts.every(({ macs, flops, bytesOut }) => macs === 0 && flops === 0 && bytesOut === 0)).toBe(true);
  });
});

describe("where a kernel finds its memory", () => {
  const network = new Network();
  const x = network.input([1, 8, 4, 4]);
  const first = network.node("Sigmoid", [x]);
  const second = network.node("Tanh", [first]);
  const facts = factsOf(network.graph(network.node("Mul", [second, first])));
  const map = 4 * 8 * 16;

  it("counts what others touched since an input was last used", () => {
    expect(facts.map(({ kernelClass, inputAgeBytes }) => [kernelClass, inputAgeBytes])).toEqual([
      ["sigmoid", 0],
      ["sigmoid", 0],
      ["mul", 0],
    ]);
    const other = new Network();
    const start = other.input([1, 8, 4, 4]);
    const made = other.node("Sigmoid", [start]);
    const later = other.node("Erf", [other.node("Tanh", [made])]);
    // Tanh, which used it last, comes before Erf, which touches two maps.
    expect(factsOf(other.graph(other.node("Mul", [made, later])))[3]).toMatchObject({ inputAgeBytes: 2 * map });
  });

  it("counts what a whole run touches", () => {
    expect(facts.map(({ runBytes }) => runBytes)).toEqual([7 * map, 7 * map, 7 * map]);
  });
});

it("knows a division from other arithmetic", () => {
  const network = new Network();
  const x = network.input([1, 8, 4, 4]);
  const graph = network.graph(network.node("Add", [network.node("Div", [x, x]), x]));
  expect(factsOf(graph).map(({ divides }) => divides)).toEqual([true, false]);
});

describe("a convolution as an indirect product", () => {
  /** On planes of 7 x 7, a window of 3 x 3. */
  function indirectFacts(inChannels: number, outChannels: number, groups: number): KernelFacts | undefined {
    const network = new Network();
    const graph = network.graph(network.conv(network.input([1, inChannels, 7, 7]), inChannels, outChannels, { groups }));
    return kernelFacts(lowerToKernels(graph, { engine: "torch-qnnpack", channelBlock: 0 }), 0)[0];
  }

  it("fills the outputs of each group up to a tile, and reads its pointers anew for each group and tile", () => {
    const macs = 49 * 9 * 6 * 24;
    expect(indirectFacts(12, 24, 2)).toMatchObject({ kernelClass: "conv", macs, paddedMacs: (macs * 16) / 12, inputPointers: 49 * 9 * 2 * 2, im2colBytes: 0 });
  });

  it("is none where a kernel of its own computes it", () => {
    expect(indirectFacts(24, 24, 24)).toMatchObject({ kernelClass: "conv-depthwise", inputPointers: 0 });
  });

  it("is none on engines that unfold windows", () => {
    expect(convFacts(9, 32)).toMatchObject({ inputPointers: 0 });
    expect(convFacts(9, 32)?.im2colBytes).toBeGreaterThan(0);
  });
});

describe("bytes that caches do not hold", () => {
  const MIB = 2 ** 20;
  type Engine = "torch-xnnpack" | "torch-qnnpack" | "tflite";
  const factsOn = (graph: Graph, engine: Engine): KernelFacts[] => kernelFacts(lowerToKernels(graph, { engine, channelBlock: 0 }), 0);

  const maps = new Network();
  const relu = maps.node("Relu", [maps.input([1, 32, 128, 128])]);
  const pooling = maps.graph(maps.node("GlobalAveragePool", [relu]));

  // 128 x 32 x 3 x 3 floats are 144 KiB of weights, 1024 x 128 x 3 x 3 are 4.5 MiB.
  const layers = new Network();
  const narrow = layers.conv(layers.input([1, 32, 16, 16]), 32, 128);
  const convolutions = layers.graph(layers.conv(narrow, 128, 1024));

  it("are what is beyond the first MiB of what a kernel reads and of what it writes, where outputs are allocated anew", () => {
    const facts = factsOn(pooling, "torch-xnnpack");
    expect(facts.map(({ bytesIn, bytesOut }) => [bytesIn, bytesOut])).toEqual([
      [2 * MIB, 2 * MIB],
      [2 * MIB, 4 * 32],
    ]);
    expect(facts.map(({ bytesBeyondCache }) => bytesBeyondCache)).toEqual([2 * MIB, MIB]);
  });

  it("are weights beyond the first half MiB for each tile of eight pixels that reads them", () => {
    const facts = factsOn(convolutions, "torch-xnnpack");
    expect(facts.map(({ weightBytesBeyondCache }) => weightBytesBeyondCache)).toEqual([0, 4 * MIB * ((16 * 16) / 8)]);
  });

  it("are none where an engine's caching is not known to matter", () => {
    for (const engine of ["tflite", "torch-qnnpack"] as const) {
      for (const kernel of [...factsOn(pooling, engine), ...factsOn(convolutions, engine)]) {
        expect(kernel).toMatchObject({ bytesBeyondCache: 0, weightBytesBeyondCache: 0 });
      }
    }
  });
});
