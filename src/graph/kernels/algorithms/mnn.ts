import { allowsWinograd, type ConvolutionAlgorithm, type ConvolutionShape, DEPTHWISE, isDepthwise, PRODUCT, tilesOf, winogradEdges } from "./algorithm.js";

/** Pixels, or tiles, that a product computes at once with AVX2, which is what MNN's Python package is built for. */
const AT_ONCE = 24;

/**
 * MNN with AVX2: Winograd's algorithm with the tiles that take fewest operations, transforms counted, where any take fewer than
 * the product does. From its sources (source/backend/cpu/compute/ConvolutionPackWinograd.cpp).
 */
export function mnnAlgorithm(shape: ConvolutionShape): ConvolutionAlgorithm {
  if (isDepthwise(shape)) return DEPTHWISE;
  return { ...PRODUCT, winogradEdge: allowsWinograd(shape) ? bestEdge(shape) : 0, atOnce: AT_ONCE };
}

function bestEdge(shape: ConvolutionShape): number {
  const { kernelWidth, inChannels, outChannels, outHeight, outWidth } = shape;
  let best = { edge: 0, cost: 2 * outHeight * outWidth * inChannels * outChannels * kernelWidth ** 2 };
  for (const edge of winogradEdges(shape, 1)) {
    const tile = edge + kernelWidth - 1;
    const input = 2 * tile ** 3 * inChannels;
    const product = 2 * tile ** 2 * inChannels * outChannels;
    const output = 2 * tile * (tile + edge) * edge * outChannels;
    const cost = tilesOf(shape, edge) * (input + product + output);
    if (cost < best.cost) best = { edge, cost };
  }
  return best.edge;
}
