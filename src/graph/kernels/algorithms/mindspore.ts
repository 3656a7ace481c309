import { allowsWinograd, type ConvolutionAlgorithm, type ConvolutionShape, DEPTHWISE, isDepthwise, PRODUCT, tilesOf, winogradEdges } from "./algorithm.js";

/** Tiles of a product, as its rows are counted when it looks for the largest Winograd tile. */
const PRODUCT_ROWS = 12;
/** What a tile's transforms count, by the share of the window that it is. */
const TRANSFORM_PENALTY = 0.12;
/** Up to so many input channels a window slides over the picture as it lies. */
const SLIDING_CHANNELS = 16;
/** Windows of this edge and more slide only over pictures that are four times as large. */
const LARGE_WINDOW = 7;

/** Output channels of a tile, and of a last one that is half as wide; what time that takes as a share of the whole tile's. */
const TILE_OUTPUTS = 32;
const HALF_TILE = { outputs: 16, time: 0.6 };
/** A depthwise convolution whose channels leave a rest of vectors of eight takes so many times as long. */
const DEPTHWISE_PACK = 8;
const DEPTHWISE_REST = 1.5;

/**
 * MindSpore Lite with AVX: Winograd's algorithm where its model of costs finds a tile that saves work, a sliding window for few
 * channels, else a matrix product. From its sources (nnacl/base/conv_common_base.c, convolution_delegate_fp32.cc);
 * what channels cost that fill no tile was measured on one convolution at a time.
 */
export function mindsporeAlgorithm(shape: ConvolutionShape): ConvolutionAlgorithm {
  if (isDepthwise(shape)) return { ...DEPTHWISE, vectorWaste: shape.groups % DEPTHWISE_PACK === 0 ? 1 : DEPTHWISE_REST };
  const winogradEdge = shape.inChannels === 1 || !allowsWinograd(shape) ? 0 : bestEdge(shape);
  const direct = winogradEdge === 0 && slides(shape);
  return { ...PRODUCT, winogradEdge, atOnce: PRODUCT_ROWS, direct, outputFill: outputFill(shape.outChannels) };
}

function outputFill(channels: number): number {
  const rest = channels % TILE_OUTPUTS;
  const last = rest === 0 ? 0 : rest <= HALF_TILE.outputs ? HALF_TILE.time : 1;
  return channels > 0 ? ((Math.floor(channels / TILE_OUTPUTS) + last) * TILE_OUTPUTS) / channels : 1;
}

/** The edge that saves most; 0 where none is faster than the product. */
function bestEdge(shape: ConvolutionShape): number {
  let best = { edge: 0, saving: 1 };
  for (const edge of winogradEdges(shape, PRODUCT_ROWS)) {
    const saving = savingOf(shape, edge);
    if (saving > best.saving) best = { edge, saving };
  }
  return best.edge;
}

function savingOf(shape: ConvolutionShape, edge: number): number {
  const { kernelWidth, inChannels, outChannels, outHeight, outWidth } = shape;
  const tile = edge + kernelWidth - 1;
  const plain = outHeight * outWidth * inChannels * outChannels * kernelWidth ** 2;
  const cost = ((2 + outChannels) * tile ** 2 * inChannels + (tile + edge) * edge * outChannels) * tilesOf(shape, edge);
  return plain / cost - TRANSFORM_PENALTY * (tile / kernelWidth) ** 2;
}

function slides({ kernelHeight, kernelWidth, inChannels, inHeight, inWidth }: ConvolutionShape): boolean {
  const fits = (window: number, picture: number): boolean => window < LARGE_WINDOW || Math.floor(picture / window) >= 4;
  const pointwise = kernelHeight === 1 && kernelWidth === 1;
  return !pointwise && inChannels <= SLIDING_CHANNELS && fits(kernelHeight, inHeight) && fits(kernelWidth, inWidth);
}
