import { describe, expect, it } from "vitest";
import { type AlgorithmRule, type ConvolutionShape, DEPTHWISE } from "./algorithm.js";
import { mindsporeAlgorithm } from "./mindspore.js";
import { mnnAlgorithm } from "./mnn.js";
import { ncnnAlgorithm, ncnnPooling } from "./ncnn.js";
import { packOf } from "./pack.js";
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

  // Measured, 128 channels and 28 x 28 pixels: 64 of 150 us, 65 to 80 of 190, 81 to 96 of 210, some 20 of them for turning the layout.
  it("computes whole and half tiles of output channels", () => {
    const rows = (outChannels: number): number => outChannels * mindsporeAlgorithm(shape(28, { outChannels, ...window(1) })).outputFill;
    expect([rows(64), rows(81), rows(96)]).toEqual([64, 96, 96]);
    expect(rows(65)).toBe(rows(80));
    expect(rows(80) / rows(64)).toBeCloseTo(170 / 130, 1);
    expect(mindsporeAlgorithm(depthwise(72)).vectorWaste).toBe(1);
    expect(mindsporeAlgorithm(depthwise(68)).vectorWaste).toBeGreaterThan(1.3);
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
    expect(ncnnAlgorithm(shape(28, small))).toMatchObject({ direct: true, unfolding: 0 });
    for (const other of [{ ...small, outChannels: 17 }, { ...small, inChannels: 16, outChannels: 16, ...window(13) }]) {
      const { direct, unfolding } = ncnnAlgorithm(shape(28, other));
      expect(direct).toBe(false);
      expect(unfolding).toBeGreaterThan(0);
    }
  });

  // Measured, 64 channels to 66: 300 us at 31 x 31 and 413 at 32 x 32; 64 to 68 takes no longer at 32 x 32.
  it("writes single channels from Winograd's tiles to planes that share a place in the cache where they are pages apart", () => {
    const scattering = (edge: number, outChannels: number): number => ncnnAlgorithm(shape(edge, { outChannels })).scattering;
    expect(scattering(32, 68)).toBe(0);
    expect(scattering(31, 66)).toBeGreaterThan(0);
    expect(scattering(32, 66)).toBeGreaterThan(3 * scattering(31, 66));
    expect(scattering(224, 23)).toBe(scattering(32, 66));
    expect(ncnnAlgorithm(shape(32, { outChannels: 66, stride: 2 })).scattering).toBe(0);
  });

  it("unfolds single channels number by number, where pixels are not of one row", () => {
    const narrow = (outWidth: number): number => ncnnAlgorithm(shape(28, { inChannels: 66, stride: 2, outWidth })).unfolding;
    expect(narrow(15)).toBeGreaterThan(3 * narrow(16));
    expect(narrow(31)).toBeLessThan(narrow(15));
  });

  it("unfolds few channels side by side", () => {
    const unfolding = (inChannels: number): number => ncnnAlgorithm(shape(28, { inChannels, stride: 2 })).unfolding;
    expect(unfolding(64)).toBe(unfolding(72));
    expect(unfolding(68)).toBeGreaterThan(unfolding(72));
    expect(unfolding(66)).toBeGreaterThan(unfolding(68));
  });

  it("computes single channels number by number where they leave a rest and no kernel has the window", () => {
    expect(ncnnAlgorithm(depthwise(30)).scalar).toBe(false);
    expect(ncnnAlgorithm(depthwise(30, window(5))).scalar).toBe(true);
    expect(ncnnAlgorithm(depthwise(32, window(5))).scalar).toBe(false);
    expect(ncnnAlgorithm(depthwise(30, { dilation: 2 })).scalar).toBe(true);
  });
});

describe("ncnn's channels that fill no vector", () => {
  // Measured, one convolution of 128 channels and 28 x 28 pixels at a time: 64 of 128 us, 71 of 151, 79 of 174, 80 of 155.
  it("cost a product as rows that are cut up: 79 channels take longer than 80", () => {
    const rows = (outChannels: number): number => outChannels * ncnnAlgorithm(shape(28, { outChannels, ...window(1) })).outputFill;
    expect(rows(64)).toBe(64);
    expect(rows(80)).toBe(80);
    expect(rows(71) / rows(64)).toBeCloseTo(151 / 128, 1);
    expect(rows(79) / rows(64)).toBeCloseTo(174 / 128, 1);
  });

  it("leave Winograd's tiles a rest as well", () => {
    const fill = (outChannels: number): number => ncnnAlgorithm(shape(28, { outChannels })).outputFill;
    expect(fill(64)).toBe(1);
    expect(fill(65)).toBeGreaterThan(1);
    expect(fill(71)).toBeGreaterThan(1.1);
  });

  it("are computed alone where windows slide over them, by loops of their own for common ones", () => {
    const waste = (groups: number, edge: number): number => ncnnAlgorithm(depthwise(groups, window(edge))).vectorWaste;
    expect([waste(64, 3), waste(72, 3), waste(64, 7)]).toEqual([1, 1, 1]);
    expect(waste(72, 7)).toBeGreaterThan(1.5);
    expect(waste(66, 5)).toBeGreaterThan(waste(66, 3));
    expect(ncnnPooling({ ...shape(56, { stride: 2, inChannels: 66 }), ...window(2) })).toBe(1);
    expect(ncnnPooling({ ...shape(56, { stride: 2, inChannels: 66 }), ...window(3) })).toBeGreaterThan(5);
    expect(ncnnPooling({ ...shape(56, { stride: 2, inChannels: 72 }), ...window(3) })).toBe(1);
    expect(ncnnPooling({ ...shape(56, { stride: 1, inChannels: 72 }), ...window(3) })).toBeGreaterThan(1);
  });

  it("are slower pixel by pixel", () => {
    const waste = (outChannels: number): number => ncnnAlgorithm(shape(28, { inChannels: 8, outChannels, stride: 2 })).vectorWaste;
    expect([16, 8, 12, 7].map(waste)).toEqual([16, 8, 12, 7].map(waste).toSorted((a, b) => a - b));
    expect(waste(7)).toBeGreaterThan(2 * waste(16));
  });
});

describe("packOf", () => {
  it("is the most that divides the channels", () => {
    expect([48, 24, 12, 6, 7, 0].map(packOf)).toEqual([16, 8, 4, 1, 1, 1]);
  });
});

describe("XNNPACK", () => {
  it("multiplies whole tiles of seven pixels", () => {
    expect(xnnpackAlgorithm(shape(28))).toMatchObject({ winogradEdge: 0, atOnce: 7, wholeTiles: true, outputFill: 1 });
    expect(xnnpackAlgorithm(shape(28, { outChannels: 17 })).outputFill).toBeCloseTo(32 / 17, 6);
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
