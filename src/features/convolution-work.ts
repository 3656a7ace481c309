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
