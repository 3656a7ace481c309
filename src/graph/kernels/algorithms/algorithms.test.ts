import { describe, expect, it } from "vitest";
import { type AlgorithmRule, type ConvolutionShape, DEPTHWISE } from "./algorithm.js";
import { mindsporeAlgorithm } from "./mindspore.js";
import { mnnAlgorithm } from "./mnn.js";
import { ncnnAlgorithm } from "./ncnn.js";
import { xnnpackAlgorithm } from "./xnnpack.js";

/** 3 x 3, 104 channels to 416, the picture's size kept. */
function shape(edge: number, other: Partial<ConvolutionShape> = {}): ConvolutionShape {
  return {
    groups: 1,
    kernelHeight: 3,
    kernelWidth: 3,
    stride: 1,
    dilation: 1,
    inChannels: 104,
    outChannels: 416,
    inHeight: edge,
    inWidth: edge,
    outHeight: edge,
    outWidth: edge,
    ...other,
  };
}

const window = (edge: number) => ({ kernelHeight: edge, kernelWidth: edge });
const depthwise = (groups: number, other: Partial<ConvolutionShape> = {}) => shape(28, { groups, inChannels: 1, outChannels: 1, ...other });

/** Edges of output tiles by the picture's edge. */
function edgesBy(rule: AlgorithmRule, edges: readonly number[], other: Partial<ConvolutionShape> = {}): Record<number, number> {
  return Object.fromEntries(edges.map((edge) => [edge, rule(shape(edge, other)).winogradEdge]));
}

describe("MNN", () => {
  // Measured: within a row latencies step with the tiles, and cold weights cost by their tiles' area.
  it("takes the tiles that need fewest operations", () => {
    expect(edgesBy(mnnAlgorithm, [3, 5])).toEqual({ 3: 2, 5: 2 });
    expect(edgesBy(mnnAlgorithm, [4, 7, 8, 13, 16])).toEqual({ 4: 4, 7: 4, 8: 4, 13: 4, 16: 4 });
    expect(edgesBy(mnnAlgorithm, [6, 9, 12, 18, 28])).toEqual({ 6: 6, 9: 6, 12: 6, 18: 6, 28: 6 });
  });

  it("takes no tile whose input is not 4, 6 or 8", () => {
    expect(edgesBy(mnnAlgorithm, [28], window(5))).toEqual({ 28: 4 });
    expect(edgesBy(mnnAlgorithm, [28], window(7))).toEqual({ 28: 2 });
    expect(edgesBy(mnnAlgorithm, [28], window(9))).toEqual({ 28: 0 });
  });

  it("multiplies where transforms cost more than they save", () => {
    expect(mnnAlgorithm(shape(28, { inChannels: 1, outChannels: 2 })).winogradEdge).toBe(0);
  });
});

describe("MindSpore Lite", () => {
  it("takes larger tiles the more pixels there are for each row of its products", () => {
    expect(edgesBy(mindsporeAlgorithm, [4, 7, 13])).toEqual({ 4: 2, 7: 2, 13: 2 });
    expect(edgesBy(mindsporeAlgorithm, [14, 16, 20])).toEqual({ 14: 4, 16: 4, 20: 4 });
  });

  it("slides over few channels, unless the window is large and the picture small", () => {
    const few = { inChannels: 3, stride: 2 };
    expect(mindsporeAlgorithm(shape(56, few)).direct).toBe(true);
    expect(mindsporeAlgorithm(shape(56, { ...few, inChannels: 17 })).direct).toBe(false);
    expect(mindsporeAlgorithm(shape(27, { ...few, ...window(7) })).direct).toBe(false);
    expect(mindsporeAlgorithm(shape(28, { ...few, ...window(7) })).direct).toBe(true);
    expect(mindsporeAlgorithm(shape(56, { ...few, ...window(1) })).direct).toBe(false);
  });

  it("has no tiles for pictures of one channel", () => {
    expect(mindsporeAlgorithm(shape(56, { inChannels: 1 })).winogradEdge).toBe(0);
  });
});

describe("ncnn", () => {
  it("takes tiles by the channels alone", () => {
    const edgeOf = (inChannels: number, outChannels: number): number => ncnnAlgorithm(shape(14, { inChannels, outChannels })).winogradEdge;
    expect([edgeOf(104, 416), edgeOf(24, 64), edgeOf(24, 24), edgeOf(32, 32), edgeOf(8, 8)]).toEqual([4, 4, 6, 6, 0]);
    expect(edgesBy(ncnnAlgorithm, [28], window(5))).toEqual({ 28: 0 });
  });

  it("unfolds for a product, but where few channels or small weights make it compute pixel by pixel", () => {
    const small = { inChannels: 8, outChannels: 8, stride: 2 };
    expect(ncnnAlgorithm(shape(28, small))).toMatchObject({ direct: true, unfolds: false });
    expect(ncnnAlgorithm(shape(28, { ...small, outChannels: 17 }))).toMatchObject({ direct: false, unfolds: true });
    expect(ncnnAlgorithm(shape(28, { ...small, inChannels: 16, outChannels: 16, ...window(13) }))).toMatchObject({ direct: false, unfolds: true });
  });

  it("computes single channels number by number where they leave a rest and no kernel has the window", () => {
    expect(ncnnAlgorithm(depthwise(30)).scalar).toBe(false);
    expect(ncnnAlgorithm(depthwise(30, window(5))).scalar).toBe(true);
    expect(ncnnAlgorithm(depthwise(32, window(5))).scalar).toBe(false);
    expect(ncnnAlgorithm(depthwise(30, { dilation: 2 })).scalar).toBe(true);
  });
});

describe("XNNPACK", () => {
  it("multiplies whole tiles of seven pixels", () => {
    expect(xnnpackAlgorithm(shape(28))).toMatchObject({ winogradEdge: 0, atOnce: 7, wholeTiles: true });
  });

  it("has depthwise kernels up to 25 taps", () => {
    expect(xnnpackAlgorithm(depthwise(64, window(5)))).toEqual(DEPTHWISE);
    expect(xnnpackAlgorithm(depthwise(64, window(7)))).toMatchObject({ atOnce: 7, direct: false });
  });
});

describe("every engine", () => {
  const rules: readonly (readonly [string, AlgorithmRule])[] = [
    ["MNN", mnnAlgorithm],
    ["MindSpore Lite", mindsporeAlgorithm],
    ["ncnn", ncnnAlgorithm],
    ["XNNPACK", xnnpackAlgorithm],
  ];

  it.each(rules)("%s has no tiles for strides, dilations, oblong windows and single channels", (_, rule) => {
    const others: readonly ConvolutionShape[] = [
      shape(28, { stride: 2 }),
      shape(28, { dilation: 2 }),
      shape(28, { kernelHeight: 1 }),
      shape(28, window(1)),
      depthwise(64),
    ];
    for (const other of others) expect(rule(other).winogradEdge).toBe(0);
  });

  it.each(rules)("%s answers for empty planes", (_, rule) => {
    expect(rule(shape(0)).winogradEdge).toSatisfy(Number.isFinite);
    expect(rule(shape(28, { outHeight: NaN, inHeight: NaN })).winogradEdge).toSatisfy(Number.isFinite);
  });
});
