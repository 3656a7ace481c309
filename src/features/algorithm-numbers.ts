import { filled } from "../graph/kernels/algorithms/algorithm.js";
import { packOf } from "../graph/kernels/algorithms/pack.js";
import { CHOSEN_NUMBERS, WINOGRAD_TILES } from "./chosen-algorithm.js";
import type { KernelFacts } from "./kernel-facts.js";
import { flag, ln, type NumericFeature } from "./numeric-feature.js";

/**
 * What decides which of its algorithms an engine takes for a convolution, and how well a tensor fits its layout. Engines
 * differ in where they draw the line; the quantities that they draw it by are these.
 */

/** Pixels that matrix products of engines compute at once. */
const PIXEL_TILES = [8, 16, 48] as const;

/** Channels up to which engines compute a convolution pixel by pixel, not as a matrix product or by Winograd's algorithm. */
const FEW_CHANNELS = [8, 16] as const;

/** What Winograd's algorithm does for a convolution with input tiles of one edge. */
export interface WinogradWork {
  /** Multiply-accumulates of the products between the transforms. */
  readonly macs: number;
  /** Elements of transformed input and output. */
  readonly moved: number;
}

/**
 * Work of F(m x m, k x k), m = tile - k + 1 (Lavin & Gray 2016): tile^2 products per tile of m x m output pixels, input
 * and output channel. Null where the algorithm does not apply: other than square windows of 3 and more, strides,
 * dilations, groups, or tiles that yield a single pixel.
 */
export function winogradWork(facts: KernelFacts, tile: number): WinogradWork | null {
  const { kernelClass, groups, kernelHeight, kernelWidth, stride, dilation, inChannels, outChannels, outArea, outWidth } = facts;
  const edge = tile - kernelWidth + 1;
  if (kernelClass !== "conv" || groups !== 1 || kernelHeight !== kernelWidth || kernelWidth < 3 || edge < 2) return null;
  if (stride !== 1 || dilation !== 1 || outWidth === 0) return null;
  const tiles = Math.ceil(outWidth / edge) * Math.ceil(outArea / outWidth / edge);
  return { macs: tiles * tile ** 2 * inChannels * outChannels, moved: tiles * tile ** 2 * (inChannels + outChannels) };
}

const perGroup = (channels: number, groups: number): number => (channels % groups === 0 ? channels / groups : 0);
/** How much longer a row gets when it is filled up to whole tiles, as a logarithm. */
const fill = (length: number, tile: number): number => Math.log(filled(length, tile));

/** Groups that an engine without kernels for them computes one by one: those whose channels cannot be held side by side. */
function unpackedGroups({ groups, inChannels }: KernelFacts): number {
  return groups > 1 && packOf(inChannels) === 1 ? groups : 0;
}

/** The window that engines have kernels of their own for. */
function isCommonWindow({ kernelHeight, kernelWidth, dilation, stride }: KernelFacts): boolean {
  return kernelHeight === 3 && kernelWidth === 3 && dilation === 1 && stride <= 2;
}

/** Logarithms are natural, of 1 + x, those of packs to the base of 2. */
export const ALGORITHM_NUMBERS: readonly NumericFeature[] = [
  ["packIn", ({ inChannels }) => Math.log2(packOf(inChannels))],
  ["packOut", ({ outChannels }) => Math.log2(packOf(outChannels))],
  ["packGroupIn", ({ inChannels, groups }) => Math.log2(packOf(perGroup(inChannels, groups)))],
  ["packGroupOut", ({ outChannels, groups }) => Math.log2(packOf(perGroup(outChannels, groups)))],
  ["packOfAllInputs", ({ inDivisor }) => Math.log2(packOf(inDivisor))],
  ["packOfAllOutputs", ({ outDivisor }) => Math.log2(packOf(outDivisor))],
  ["unpackedIn", ({ inChannels }) => flag(packOf(inChannels) === 1)],
  ["unpackedOut", ({ outChannels }) => flag(packOf(outChannels) === 1)],
  ["logUnpackedGroups", (facts) => ln(unpackedGroups(facts))],
  ["logUncommonGroups", (facts) => ln(isCommonWindow(facts) ? 0 : unpackedGroups(facts))],
  ["logUncommonGroupMacs", (facts) => ln(isCommonWindow(facts) || unpackedGroups(facts) === 0 ? 0 : facts.macs)],
  ...FEW_CHANNELS.map((most): NumericFeature => [`upTo${most}Channels`, ({ inChannels, outChannels }) => flag(Math.max(inChannels, outChannels) <= most)]),
  ["logSpreadWeights", (facts) => ln(facts.bytesWeights * (facts.stride * facts.dilation) ** 2)],
  ["logMacsByPackOut", ({ macs, outChannels }) => ln(macs / packOf(outChannels))],
  ["logElementsByPackOut", ({ outChannels, outArea }) => ln((outChannels * outArea) / packOf(outChannels))],
  ["logGroupInChannels", ({ inChannels, groups }) => ln(inChannels / groups)],
  ["logOutWidth", ({ outWidth }) => ln(outWidth)],
  ["logInside", ({ insideShare }) => Math.log(Math.max(1e-3, insideShare))],
  ["logKernelAspect", ({ kernelHeight, kernelWidth }) => Math.log(kernelHeight / Math.max(1, kernelWidth))],
  ...PIXEL_TILES.map((tile): NumericFeature => [`fillOfPixels${tile}`, ({ outArea }) => fill(outArea, tile)]),
  ["fillOfRow4", ({ outWidth }) => fill(outWidth, 4)],
  ["winograd", (facts) => flag(winogradWork(facts, 8) !== null)],
  ...WINOGRAD_TILES.map((tile): NumericFeature => [`logWinogradMacs${tile}`, (facts) => ln(winogradWork(facts, tile)?.macs ?? facts.macs)]),
  ...WINOGRAD_TILES.map((tile): NumericFeature => [`logWinogradMoved${tile}`, (facts) => ln(winogradWork(facts, tile)?.moved ?? 0)]),
  ...CHOSEN_NUMBERS,
];
