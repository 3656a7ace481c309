import type { KernelWindow } from "./kernel-window.js";

/** What of a convolution decides how much of it an engine really computes. Other kernels have one too, and count as they are. */
export interface WorkShape {
  readonly window: KernelWindow;
  readonly op: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly outArea: number;
  readonly macs: number;
  readonly blocked: boolean;
}

/** Register tile of ONNX Runtime's matrix product, output channels x pixels, with vectors of 8 and of 16 floats. */
const GEMM_TILE = { rows: 6, columns: 16 };
const WIDE_GEMM_TILE = { rows: 12, columns: 32 };
/** Floats in a vector from which on the wide tile is used. */
export const WIDE_VECTOR = 16;

/** MACs with channels and tiles filled up; in blocks without those on padding. */
export function paddedMacs(shape: WorkShape, block: number): number {
  const { op, inChannels, outChannels, outArea, blocked } = shape;
  const { groups, insideShare } = shape.window;
  if (op !== "Conv" || inChannels === 0 || outChannels === 0 || outArea === 0) return shape.macs;
  // In blocks the padding is stepped over; unfolded into a matrix it is multiplied like anything else.
  const macs = blocked ? shape.macs * insideShare : shape.macs;
  const groupIn = inChannels / groups;
  const groupOut = outChannels / groups;
  if (blocked) {
    const depthwise = groupIn === 1 && groupOut === 1;
    if (depthwise) return (macs * roundUp(outChannels, block)) / outChannels;
    const padIn = groupIn < block ? 1 : roundUp(groupIn, block) / groupIn;
    return macs * padIn * (roundUp(groupOut, block) / groupOut);
  }
  const tile = block >= WIDE_VECTOR ? WIDE_GEMM_TILE : GEMM_TILE;
  const rows = roundUp(groupOut, tile.rows) / groupOut;
  return macs * rows * (roundUp(outArea, tile.columns) / outArea);
}

/** MACs of an indirect product with each group's outputs filled up to its tile. */
export function tiledMacs({ macs, outChannels, window: { groups } }: WorkShape, tile: number): number {
  return outChannels === 0 ? macs : (macs * roundUp(outChannels / groups, tile) * groups) / outChannels;
}

/** See KernelFacts. */
export function inputPointers({ outChannels, outArea, window: { groups, kernelHeight, kernelWidth } }: WorkShape, tile: number): number {
  return outArea * kernelHeight * kernelWidth * groups * Math.ceil(outChannels / groups / tile);
}

/** See KernelFacts. */
export function im2colBytes({ op, blocked, outArea, inChannels, window: { kernelHeight, kernelWidth, stride } }: WorkShape): number {
  if (op !== "Conv" || blocked) return 0;
  const area = kernelHeight * kernelWidth;
  return area === 1 && stride === 1 ? 0 : 4 * area * inChannels * outArea;
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Output pixels that one pass of the engine's blocked convolution covers, with vectors of 8 and of 16 floats. */
const PIXELS_PER_PASS = 3;
const WIDE_PIXELS_PER_PASS = 6;
/** Channel blocks that it covers. */
const BLOCKS_PER_PASS = 4;
/** Where the engine has no blocked layout, its vectors still fill up. */
const DEFAULT_BLOCK = 8;

/** What decides how well a convolution's passes over blocks are filled. */
interface BlockedShape {
  readonly outWidth: number;
  readonly outChannels: number;
  readonly groups: number;
  /** 0 where the engine has no blocked layout. */
  readonly channelBlock: number;
}

/** Share of the last pass over the output columns that does work, 1 where they divide evenly. */
export function widthUse({ outWidth, channelBlock }: BlockedShape): number {
  const pixels = channelBlock >= WIDE_VECTOR ? WIDE_PIXELS_PER_PASS : PIXELS_PER_PASS;
  return outWidth === 0 ? 1 : outWidth / (Math.ceil(outWidth / pixels) * pixels);
}

/** The same over the channel blocks. */
export function channelUse({ outChannels, groups, channelBlock }: BlockedShape): number {
  const blocks = Math.ceil(outChannels / groups / (channelBlock || DEFAULT_BLOCK));
  return blocks === 0 ? 1 : blocks / (Math.ceil(blocks / BLOCKS_PER_PASS) * BLOCKS_PER_PASS);
}
