import type { ConvolutionShape } from "../graph/kernels/algorithms/algorithm.js";
import type { KernelWindow } from "./kernel-window.js";

/** Quantities of shapes; null is one that is not known, of which there is nothing. */

/** Channels of an NCHW tensor; a matrix has its last dimension as channels. */
export function channelsOf(dims: readonly number[] | null): number {
  if (dims === null) return 0;
  return (dims.length <= 2 ? dims.at(-1) : dims[1]) ?? 0;
}

/** Elements per channel, the batch's included. */
export function areaOf(dims: readonly number[] | null): number {
  if (dims === null || dims.length <= 2) return 1;
  let area = dims[0] ?? 1;
  for (let axis = 2; axis < dims.length; axis += 1) area *= dims[axis] ?? 1;
  return area;
}

/** Elements along the last spatial axis. */
export function widthOf(dims: readonly number[] | null): number {
  return dims === null || dims.length <= 2 ? 1 : (dims.at(-1) ?? 1);
}

/** What an engine chooses a convolution's algorithm by: that of one of its groups. */
export function convolutionShape(window: KernelWindow, input: readonly number[] | null, output: readonly number[] | null): ConvolutionShape {
  return {
    groups: window.groups,
    kernelHeight: window.kernelHeight,
    kernelWidth: window.kernelWidth,
    stride: window.stride,
    dilation: window.dilation,
    inChannels: channelsOf(input) / window.groups,
    outChannels: channelsOf(output) / window.groups,
    inHeight: areaOf(input) / widthOf(input),
    inWidth: widthOf(input),
    outHeight: areaOf(output) / widthOf(output),
    outWidth: widthOf(output),
  };
}
