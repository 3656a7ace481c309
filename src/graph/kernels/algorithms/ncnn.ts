import { allowsWinograd, type ConvolutionAlgorithm, type ConvolutionShape, DEPTHWISE, isDepthwise, type PoolingShape, PRODUCT } from "./algorithm.js";
import { type Pack, packOf } from "./pack.js";

/** Up to so many channels in and out a 3x3 convolution has the larger tiles. */
const LARGE_TILE_CHANNELS = 32;
/** Up to so many, it is computed pixel by pixel. */
const NO_WINOGRAD_CHANNELS = 8;
const NO_PRODUCT_CHANNELS = 16;
/** Of the level 2 cache, which two copies of the weights must fit in; its own default where the system tells none. */
const L2_BYTES = 1024 * 1024;

/** How many times as long something takes by the channels that are held side by side. */
type ByPack = Readonly<Record<Pack, number>>;

/** With AVX-512, measured: loops over any window, a vector of channels at a time. */
const ANY_WINDOW: ByPack = { 16: 1, 8: 1.7, 4: 2.8, 1: 6.7 };
/** Depthwise windows of 3x3 and of 5x5 have loops written out, the latter not for single channels. */
const DEPTHWISE_3: ByPack = { 16: 1, 8: 1, 4: 1.4, 1: 3.8 };
const DEPTHWISE_5: ByPack = { 16: 1, 8: 1, 4: 1.4, 1: 9 };
/** So has the maximum of 3x3 with a stride of 2, but for single channels; and that of 2x2 for any. */
const MAX_3: ByPack = { 16: 1, 8: 1, 4: 1.3, 1: 8 };
/** A convolution pixel by pixel, by its output channels. */
const PIXEL_BY_PIXEL: ByPack = { 16: 1, 8: 1.3, 4: 1.8, 1: 4 };
/** A matrix is filled so many pixels at a time; those of single channels one by one where they are not of one row. */
const UNFOLDING: ByPack = { 16: 0.35, 8: 0.35, 4: 1, 1: 0.45 };
const UNFOLDED_PIXELS = 16;
const UNFOLDING_ROW_ENDS = 2.5;

/** Output channels that a product computes together, most first, and as how many its time counts. */
const PRODUCT_ROWS = [
  [16, 16],
  [8, 12.5],
  [4, 6],
  [2, 3.5],
  [1, 3.5],
] as const;
/** The same of Winograd's products, whose transforms take part of the time. */
const WINOGRAD_ROWS = [
  [16, 16],
  [8, 10],
  [4, 10],
  [2, 3.5],
  [1, 3.5],
] as const;

/** Single channels are written from Winograd's tiles to as many planes, number by number. */
const SCATTERING = 0.9;
/** Planes a multiple of a page apart share a place in the first level cache, which holds eight lines of one. */
const SCATTERING_OVER_PAGES = 5;
const PAGE_BYTES = 4096;
const CACHE_WAYS = 8;

/**
 * ncnn on x86: F(6x6, 3x3) or F(4x4, 3x3) by the channels alone where the file does not tell shapes, as pnnx's do not; else a
 * matrix product, or pixel by pixel where that is small. From its sources (src/layer/x86/convolution_x86.cpp); what channels
 * cost that do not fill vectors was measured on one convolution at a time.
 */
export function ncnnAlgorithm(shape: ConvolutionShape): ConvolutionAlgorithm {
  const { inChannels, outChannels, kernelHeight, kernelWidth, stride, dilation, outHeight, outWidth } = shape;
  if (isDepthwise(shape)) return depthwise(shape);
  const most = Math.max(inChannels, outChannels);
  if (allowsWinograd(shape) && kernelWidth === 3 && most > NO_WINOGRAD_CHANNELS) {
    const winogradEdge = most <= LARGE_TILE_CHANNELS ? 6 : 4;
    return { ...PRODUCT, winogradEdge, outputFill: fillOf(outChannels, WINOGRAD_ROWS), scattering: scatteringOf(shape) };
  }
  const spread = 2 * 4 * inChannels * outChannels * kernelHeight * kernelWidth * (dilation * stride) ** 2;
  const pointwise = kernelHeight === 1 && kernelWidth === 1;
  const product = pointwise || most > NO_PRODUCT_CHANNELS || spread > L2_BYTES;
  return product
    ? { ...PRODUCT, unfolding: unfoldingOf(shape), outputFill: fillOf(outChannels, PRODUCT_ROWS), streamed: pointwise && outHeight * outWidth === 1 }
    : { ...PRODUCT, direct: true, vectorWaste: PIXEL_BY_PIXEL[packOf(outChannels)] };
}

/** Single channels that vectors cannot hold are computed one by one, in a kernel of their own where there is one. */
function depthwise(shape: ConvolutionShape): ConvolutionAlgorithm {
  const { groups, stride, dilation } = shape;
  const pack = packOf(groups);
  const edge = stride <= 2 && dilation === 1 ? squareOf(shape) : 0;
  const waste = edge === 3 ? DEPTHWISE_3 : edge === 5 ? DEPTHWISE_5 : ANY_WINDOW;
  return { ...DEPTHWISE, scalar: pack === 1 && edge !== 3, vectorWaste: waste[pack] };
}

/** Its pooling, the maximum's; where it is a mean, no window has loops of its own, which is not told apart. */
export function ncnnPooling(shape: PoolingShape): number {
  const edge = shape.stride === 2 ? squareOf(shape) : 0;
  if (edge === 2) return 1;
  return (edge === 3 ? MAX_3 : ANY_WINDOW)[packOf(shape.inChannels)];
}

function unfoldingOf({ inChannels, outWidth }: ConvolutionShape): number {
  const pack = packOf(inChannels);
  const crossing = outWidth > 0 && outWidth % UNFOLDED_PIXELS > 0 ? Math.min(1, UNFOLDED_PIXELS / outWidth) : 0;
  return UNFOLDING[pack] + (pack === 1 ? UNFOLDING_ROW_ENDS * crossing : 0);
}

function scatteringOf({ outChannels, outHeight, outWidth }: ConvolutionShape): number {
  if (packOf(outChannels) > 1) return 0;
  return outChannels > CACHE_WAYS && (4 * outHeight * outWidth) % PAGE_BYTES === 0 ? SCATTERING_OVER_PAGES : SCATTERING;
}

/** Edge of a square window, else 0. */
function squareOf({ kernelHeight, kernelWidth }: Pick<ConvolutionShape, "kernelHeight" | "kernelWidth">): number {
  return kernelHeight === kernelWidth ? kernelWidth : 0;
}

/** Cuts channels up into the rows that are computed together. */
function fillOf(channels: number, rows: readonly (readonly [together: number, counted: number])[]): number {
  let rest = channels;
  let counted = 0;
  for (const [together, count] of rows) {
    const times = Math.floor(rest / together);
    counted += times * count;
    rest -= times * together;
  }
  return channels > 0 ? counted / channels : 1;
}
