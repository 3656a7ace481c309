import { type ConvolutionAlgorithm, type ConvolutionShape, DEPTHWISE, filled, isDepthwise, PRODUCT } from "./algorithm.js";

/** Pixels that XNNPACK's products in floats compute at once with AVX-512, where the last tile takes as long as any. */
const PIXELS = 7;
/** And output channels. */
export const XNNPACK_OUTPUTS = 16;
/** Taps of the largest window that depthwise convolutions have kernels for (f32-dwconv: 3, 4, 9, 25). */
export const MOST_DEPTHWISE_TAPS = 25;

/** XNNPACK: an indirect product of whole tiles, whatever the shape, but for depthwise convolutions of small windows. */
export function xnnpackAlgorithm(shape: ConvolutionShape): ConvolutionAlgorithm {
  const small = shape.kernelHeight * shape.kernelWidth <= MOST_DEPTHWISE_TAPS;
  return isDepthwise(shape) && small ? DEPTHWISE : { ...PRODUCT, atOnce: PIXELS, wholeTiles: true, outputFill: filled(shape.outChannels, XNNPACK_OUTPUTS) };
}
