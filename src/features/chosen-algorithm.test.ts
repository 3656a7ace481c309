import { describe, expect, it } from "vitest";
import { lowerToKernels } from "../graph/kernels/lower.js";
import type { EngineName } from "../graph/kernels/rules/engines.js";
import { type ConvolutionSpec, Network } from "../../test/helper/network.js";
import { CHOSEN_NUMBERS } from "./chosen-algorithm.js";
import { ENGINE_SCHEMA, roughUs } from "./factor-features.js";
import { type KernelFacts, kernelFacts } from "./kernel-facts.js";

/** Of the only kernel that is no copy between layouts. */
function factsOf(engine: EngineName, network: Network, output: string): KernelFacts {
  const lowered = lowerToKernels(network.graph(output), { engine, channelBlock: 16 });
  const facts = kernelFacts(lowered, 16)[lowered.kernels.findIndex(({ nodes }) => nodes.length > 0)];
  if (facts === undefined) throw new Error("no kernel");
  return facts;
}

/** Of one convolution on planes of 8 x 8. */
function convolution(engine: EngineName, inChannels: number, outChannels: number, spec: ConvolutionSpec = {}): KernelFacts {
  const network = new Network();
  return factsOf(engine, network, network.conv(network.input([1, inChannels, 8, 8]), inChannels, outChannels, spec));
}

/** Of a maximum over 3 x 3 with a stride of 2, on planes of 32 x 32. */
function pooling(engine: EngineName, channels: number, attributes: Readonly<Record<string, readonly number[]>> = {}): KernelFacts {
  const network = new Network();
  return factsOf(engine, network, network.node("MaxPool", [network.input([1, channels, 32, 32])], { kernel_shape: [3, 3], strides: [2, 2], ...attributes }));
}

const roughEngineUs = (facts: KernelFacts): number => roughUs(ENGINE_SCHEMA, facts);

function numbersOf(facts: KernelFacts): Record<string, number> {
  return Object.fromEntries(CHOSEN_NUMBERS.map(([name, value]) => [name, value(facts)]));
}

describe("what an engine computes of a convolution", () => {
  it("is the work of its tiles where it takes Winograd's algorithm", () => {
    // F(4x4, 3x3): 2 x 2 tiles of 6 x 6.
    const weights = 36 * 48 * 64;
    const numbers = numbersOf(convolution("ncnn", 48, 64));
    expect(numbers).toMatchObject({ winogradTile4: 0, winogradTile6: 1, winogradTile8: 0, logUnfolded: 0 });
    expect(Math.expm1(numbers.logChosenTiles ?? 0)).toBeCloseTo(4, 6);
    expect(Math.expm1(numbers.logChosenWeights ?? 0)).toBeCloseTo(weights, 3);
    expect(Math.expm1(numbers.logChosenMacs ?? 0)).toBeCloseTo(4 * weights, 3);
    expect(Math.expm1(numbers.logChosenMoved ?? 0)).toBeCloseTo(4 * 36 * (48 + 64), 3);
  });

  it("is that of each group where there are groups", () => {
    const whole = numbersOf(convolution("ncnn", 96, 96));
    const halves = numbersOf(convolution("ncnn", 96, 96, { groups: 2 }));
    expect(halves.winogradTile6).toBe(1);
    expect(Math.expm1(halves.logChosenMacs ?? 0) / Math.expm1(whole.logChosenMacs ?? 0)).toBeCloseTo(0.5, 6);
  });

  it("reads weights once for so many pixels", () => {
    const facts = convolution("tflite", 48, 64);
    const numbers = numbersOf(facts);
    expect(Math.expm1(numbers.logWeightsRead ?? 0)).toBeCloseTo(10 * 9 * 48 * 64, 3);
    expect(Math.exp(numbers.fillAtOnce ?? 0)).toBeCloseTo(70 / 64, 6);
  });

  it("makes a matrix of the input where the engine unfolds", () => {
    expect(convolution("ncnn", 48, 64, { stride: 2 }).unfoldedBytes).toBeGreaterThan(0);
    expect(convolution("mnn", 48, 64, { stride: 2 }).unfoldedBytes).toBe(0);
    expect(convolution("ncnn", 48, 64).unfoldedBytes).toBe(0);
  });

  it("is not told of ONNX Runtime, whose layouts say more", () => {
    expect(convolution("onnxruntime", 48, 64)).toMatchObject({ winogradEdge: 0, atOnce: 0, direct: false, scalar: false });
  });
});

describe("the rough latency", () => {
  it("counts the work of whole tiles", () => {
    const facts = convolution("tflite", 48, 64);
    expect(roughEngineUs({ ...facts, wholeTiles: false })).toBeLessThan(roughEngineUs(facts));
    expect(roughEngineUs(convolution("tflite", 48, 65))).toBeGreaterThan(1.1 * roughEngineUs(facts));
  });

  it("counts rows that ncnn's product cuts up, and a Winograd output that is written over pages", () => {
    expect(roughEngineUs(convolution("ncnn", 128, 79, { kernel: 1 }))).toBeGreaterThan(roughEngineUs(convolution("ncnn", 128, 80, { kernel: 1 })));
    const facts = convolution("ncnn", 24, 66);
    expect(facts.scattering).toBeGreaterThan(0);
    expect(roughEngineUs(facts)).toBeGreaterThan(roughEngineUs({ ...facts, scattering: 0 }));
  });

  it("counts windows of a pooling where the engine's rule is known", () => {
    const [engines, aside] = (["ncnn", "mnn"] as const).map((engine) => pooling(engine, 66)).map((facts) => [facts.vectorWaste, roughEngineUs(facts)]);
    expect(engines?.[0]).toBeGreaterThan(1);
    expect(aside?.[0]).toBe(0);
    expect(engines?.[1]).toBeGreaterThan(2 * (aside?.[1] ?? Infinity));
    expect(roughEngineUs(pooling("ncnn", 66)) / 66).toBeGreaterThan(2 * (roughEngineUs(pooling("ncnn", 64)) / 64));
  });

  it("counts the copy that ncnn makes of an input before it pads it", () => {
    const [inside, padded] = [pooling("ncnn", 64), pooling("ncnn", 64, { pads: [1, 1, 1, 1] })];
    expect([inside.padBytes, padded.padBytes, pooling("mnn", 64, { pads: [1, 1, 1, 1] }).padBytes]).toEqual([0, 4 * 64 * 32 * 32, 0]);
    expect(roughEngineUs(padded)).toBeGreaterThan(2 * roughEngineUs(inside));
    expect(convolution("ncnn", 48, 64).padBytes).toBe(4 * 48 * 8 * 8);
    expect(convolution("ncnn", 48, 64, { kernel: 1 }).padBytes).toBe(0);
  });

  it("reads ncnn's weights once, as they lie, where there is one pixel to multiply them by", () => {
    const network = new Network();
    const gate = factsOf("ncnn", network, network.conv(network.input([1, 480, 1, 1]), 480, 120, { kernel: 1 }));
    expect(gate).toMatchObject({ kernelClass: "conv-pointwise", streamed: true });
    expect(roughEngineUs(gate)).toBeLessThan(roughEngineUs({ ...gate, streamed: false }) / 2);
    expect(convolution("ncnn", 480, 120, { kernel: 1 }).streamed).toBe(false);
  });

  it("reads a product's weights from memory where a run leaves none of them in the cache", () => {
    const gemm = { ...convolution("mnn", 48, 64), kernelClass: "gemm" as const, bytesWeights: 2 ** 24, winogradEdge: 0, runBytes: 2 ** 22 };
    const cold = roughEngineUs({ ...gemm, runBytes: 2 ** 28 });
    expect(cold).toBeGreaterThan(2 * roughEngineUs(gemm));
    expect(roughEngineUs({ ...gemm, runBytes: 2 ** 25 })).toBeLessThan(cold);
  });

  it("is many times longer number by number", () => {
    const depthwise = convolution("ncnn", 30, 30, { groups: 30, kernel: 5 });
    expect(depthwise).toMatchObject({ kernelClass: "conv-depthwise", scalar: true });
    expect(roughEngineUs(depthwise)).toBeGreaterThan(3 * roughEngineUs({ ...depthwise, vectorWaste: 1 }));
  });

  it("is a depthwise convolution's product where TensorFlow Lite has no kernel for the window", () => {
    const five = convolution("tflite", 32, 32, { groups: 32, kernel: 5 });
    const seven = convolution("tflite", 32, 32, { groups: 32, kernel: 7 });
    expect([five.kernelClass, seven.kernelClass]).toEqual(["conv-depthwise", "conv"]);
    expect(roughEngineUs(seven)).toBeGreaterThan(4 * roughEngineUs(five));
  });

  it("is positive for kernels of any size", () => {
    const facts = convolution("mnn", 48, 64);
    for (const other of [{ outArea: 0, outWidth: 0 }, { outChannels: 0, macs: 0 }, { kernelClass: "view" as const }]) {
      expect(roughEngineUs({ ...facts, ...other })).toBeGreaterThan(0);
      for (const [name, value] of CHOSEN_NUMBERS) expect(value({ ...facts, ...other }), name).toSatisfy(Number.isFinite);
    }
  });
});
