import { filled } from "../graph/kernels/algorithms/algorithm.js";
import { isPooling } from "./kernel-class.js";
import type { KernelFacts } from "./kernel-facts.js";
import { flag, ln, type NumericFeature } from "./numeric-feature.js";

/** What an engine computes of a convolution by the algorithm that it is known to take; see graph/kernels/algorithms. */

/** Edges of Winograd's input tiles that engines implement. */
export const WINOGRAD_TILES = [4, 6, 8] as const;

/** Edge of the input tiles where it is Winograd's algorithm, else 0. */
function inputTile({ winogradEdge, kernelWidth }: KernelFacts): number {
  return winogradEdge === 0 ? 0 : winogradEdge + kernelWidth - 1;
}

/** Tiles, or pixels, that the weights meet. */
function tilesOf({ winogradEdge, outArea, outWidth }: KernelFacts): number {
  if (winogradEdge === 0 || outWidth === 0) return outArea;
  return Math.ceil(outWidth / winogradEdge) * Math.ceil(outArea / outWidth / winogradEdge);
}

/** Numbers of the weights as they are multiplied: transformed, where tiles are. */
function weightsOf(facts: KernelFacts): number {
  const tile = inputTile(facts);
  return tile === 0 ? facts.bytesWeights / 4 : (tile ** 2 * facts.inChannels * facts.outChannels) / facts.groups;
}

/** Bytes of a kernel's weights as it multiplies them: see weightsOf. */
export const transformedWeightBytes = (facts: KernelFacts): number => 4 * weightsOf(facts);
/** Bytes of transformed input and output where it is Winograd's algorithm, else 0. */
export const transformedBytes = (facts: KernelFacts): number => 4 * transformed(facts);

const macsOf = (facts: KernelFacts): number => (facts.winogradEdge === 0 ? facts.macs : tilesOf(facts) * weightsOf(facts));
/** Numbers of transformed input and output. */
const transformed = (facts: KernelFacts): number => tilesOf(facts) * inputTile(facts) ** 2 * (facts.inChannels + facts.outChannels);
/** How often the weights are read. */
const passes = (facts: KernelFacts): number => (facts.atOnce === 0 ? 1 : Math.ceil(tilesOf(facts) / facts.atOnce));

export const CHOSEN_NUMBERS: readonly NumericFeature[] = [
  ...WINOGRAD_TILES.map((tile): NumericFeature => [`winogradTile${tile}`, (facts) => flag(inputTile(facts) === tile)]),
  ["direct", ({ direct }) => flag(direct)],
  ["scalar", ({ scalar }) => flag(scalar)],
  ["logChosenMacs", (facts) => ln(macsOf(facts))],
  ["logChosenMoved", (facts) => ln(transformed(facts))],
  ["logUnfolded", ({ unfoldedBytes }) => ln(unfoldedBytes)],
  ["logChosenWeights", (facts) => ln(weightsOf(facts))],
  ["logChosenTiles", (facts) => ln(tilesOf(facts))],
  ["logAtOnce", ({ atOnce }) => ln(atOnce)],
  ["logWeightsRead", (facts) => ln(weightsOf(facts) * passes(facts))],
  ["fillAtOnce", (facts) => Math.log(filled(tilesOf(facts), facts.atOnce))],
];

/** A server's core with vectors of eight floats: what a kernel takes at so many MACs and bytes a microsecond and this much for the call. */
export const ROUGH_CORE = { macsPerUs: 50_000, bytesPerUs: 10_000, callUs: 0.4, viewUs: 0.02 };
/** The weights of a single row's product are read once, as they lie: from the last level of cache where a run leaves them there, else from memory. */
const STREAMED = { cachedBytesPerUs: 60_000, bytesPerUs: 20_000, cacheBytes: 32 * 2 ** 20 };
/** What a window does with one channel counts so many times a product's: each number that it loads is used once. */
export const ONE_CHANNEL = 4;

/**
 * What a kernel roughly takes in an engine whose algorithms are known, microseconds: arithmetic, activations, Winograd's transforms,
 * weights, the call.
 */
export function roughEngineTerms(facts: KernelFacts): readonly number[] {
  const { kernelClass, bytesIn, bytesOut, unfolding, unfoldedBytes, scattering, padBytes, streamed } = facts;
  const { macsPerUs, bytesPerUs, callUs, viewUs } = ROUGH_CORE;
  return [
    workOf(facts) / macsPerUs,
    (bytesIn + (1 + scattering) * bytesOut + unfolding * unfoldedBytes + 2 * padBytes) / bytesPerUs,
    (2 * 4 * transformed(facts)) / bytesPerUs,
    4 * weightsOf(facts) * (kernelClass === "gemm" || streamed ? streamedByteUs(facts) : 1 / bytesPerUs),
    kernelClass === "view" ? viewUs : callUs,
  ];
}

/** In MACs of a product in full vectors and whole tiles. */
function workOf(facts: KernelFacts): number {
  const { kernelClass, flops, wholeTiles, atOnce, outputFill, vectorWaste } = facts;
  if (isPooling(kernelClass)) return ONE_CHANNEL * vectorWaste * flops;
  const pixelFill = wholeTiles ? filled(tilesOf(facts), atOnce) : 1;
  return (kernelClass === "conv-depthwise" ? ONE_CHANNEL : 1) * vectorWaste * pixelFill * outputFill * macsOf(facts);
}

/** Microseconds for a byte of weights that a run reads once: what it touches beyond what the cache holds has pushed as much of it out. */
export function streamedByteUs({ runBytes }: Pick<KernelFacts, "runBytes">): number {
  const { cachedBytesPerUs, bytesPerUs, cacheBytes } = STREAMED;
  const beyond = Math.min(1, Math.max(0, runBytes / cacheBytes - 0.5));
  return beyond / bytesPerUs + (1 - beyond) / cachedBytesPerUs;
}
