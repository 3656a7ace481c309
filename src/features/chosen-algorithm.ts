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

const macsOf = (facts: KernelFacts): number => (facts.winogradEdge === 0 ? facts.macs : tilesOf(facts) * weightsOf(facts));
/** Numbers of transformed input and output. */
const transformed = (facts: KernelFacts): number => tilesOf(facts) * inputTile(facts) ** 2 * (facts.inChannels + facts.outChannels);
/** How often the weights are read. */
const passes = (facts: KernelFacts): number => (facts.atOnce === 0 ? 1 : Math.ceil(tilesOf(facts) / facts.atOnce));
/** How many times as long a row gets that is filled up to whole tiles. */
export const filled = (length: number, tile: number): number => (length > 0 && tile > 0 ? (Math.ceil(length / tile) * tile) / length : 1);

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
const ROUGH = { macsPerUs: 50_000, bytesPerUs: 10_000, callUs: 0.4, viewUs: 0.02 };
/** A depthwise convolution's MACs count so many times a product's: each number that it loads is used for one. */
const DEPTHWISE = 4;
/** One that is computed number by number uses one lane of a vector. */
const SCALAR = 16;
/** Output channels of a group that a product of whole tiles computes at once. */
const OUTPUT_TILE = 16;

/** Rough latency of a kernel in an engine whose algorithms are known, microseconds. */
export function roughEngineUs(facts: KernelFacts): number {
  const { kernelClass, outChannels, groups, bytesIn, bytesOut } = facts;
  const { macsPerUs, bytesPerUs, callUs, viewUs } = ROUGH;
  const whole = facts.wholeTiles ? filled(tilesOf(facts), facts.atOnce) * filled(outChannels / groups, OUTPUT_TILE) : 1;
  const waste = (kernelClass === "conv-depthwise" ? DEPTHWISE : 1) * (facts.scalar ? SCALAR : 1) * whole;
  const bytes = bytesIn + bytesOut + 4 * weightsOf(facts) + 2 * (4 * transformed(facts) + facts.unfoldedBytes);
  return (waste * macsOf(facts)) / macsPerUs + bytes / bytesPerUs + (kernelClass === "view" ? viewUs : callUs);
}
