import { allowsWinograd, type ConvolutionAlgorithm, type ConvolutionShape, DEPTHWISE, isDepthwise, PRODUCT } from "./algorithm.js";

/** Up to so many channels in and out a 3x3 convolution has the larger tiles. */
const LARGE_TILE_CHANNELS = 32;
/** Up to so many, it is computed pixel by pixel. */
const NO_WINOGRAD_CHANNELS = 8;
const NO_PRODUCT_CHANNELS = 16;
/** Of the level 2 cache, which two copies of the weights must fit in; its own default where the system tells none. */
const L2_BYTES = 1024 * 1024;
/** Fewest channels that it holds side by side; where they leave a rest, it computes channel by channel. */
const LEAST_PACK = 4;

/**
 * ncnn on x86: F(6x6, 3x3) or F(4x4, 3x3) by the channels alone where the file does not tell shapes, as pnnx's do not; else a
 * matrix product, or pixel by pixel where that is small. From its sources (src/layer/x86/convolution_x86.cpp).
 */
export function ncnnAlgorithm(shape: ConvolutionShape): ConvolutionAlgorithm {
  if (isDepthwise(shape)) return { ...DEPTHWISE, scalar: shape.groups % LEAST_PACK !== 0 && !hasOwnKernel(shape) };
  const { inChannels, outChannels, kernelHeight, kernelWidth, stride, dilation } = shape;
  const most = Math.max(inChannels, outChannels);
  if (allowsWinograd(shape) && kernelWidth === 3 && most > NO_WINOGRAD_CHANNELS) {
    return { ...PRODUCT, winogradEdge: most <= LARGE_TILE_CHANNELS ? 6 : 4 };
  }
  const spread = 2 * 4 * inChannels * outChannels * kernelHeight * kernelWidth * (dilation * stride) ** 2;
  const product = (kernelHeight === 1 && kernelWidth === 1) || most > NO_PRODUCT_CHANNELS || spread > L2_BYTES;
  return { ...PRODUCT, direct: !product, unfolds: product };
}

/** Windows of a single channel that it has a kernel for; any other is a convolution of one channel. */
function hasOwnKernel({ kernelHeight, kernelWidth, stride, dilation }: ConvolutionShape): boolean {
  return kernelHeight === 3 && kernelWidth === 3 && stride <= 2 && dilation === 1;
}
