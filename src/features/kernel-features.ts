import { WIDE_VECTOR } from "./convolution-work.js";
import { activationCost } from "./fused-activation.js";
import type { KernelFacts } from "./kernel-facts.js";
import { isConvolution, KERNEL_CLASSES } from "./kernel-class.js";
import { flag, ln, type NumericFeature } from "./numeric-feature.js";

/** Bytes of the first two cache levels, as reference points for working sets; constants of the schema. */
const L1_BYTES = 32 * 1024;
const L2_BYTES = 512 * 1024;
/** Output pixels that one pass of the engine's blocked convolution covers, with vectors of 8 and of 16 floats. */
const PIXELS_PER_PASS = 3;
const WIDE_PIXELS_PER_PASS = 6;
/** Channel blocks that it covers. */
const BLOCKS_PER_PASS = 4;
/** Where the engine has no blocked layout, its vectors still fill up. */
const DEFAULT_BLOCK = 8;

const bytesOf = ({ bytesIn, bytesOut, bytesWeights }: KernelFacts): number => bytesIn + bytesOut + bytesWeights;

/** Share of the last pass over the output columns that does work, 1 where they divide evenly. */
function widthUse({ outWidth, channelBlock }: KernelFacts): number {
  const pixels = channelBlock >= WIDE_VECTOR ? WIDE_PIXELS_PER_PASS : PIXELS_PER_PASS;
  return outWidth === 0 ? 1 : outWidth / (Math.ceil(outWidth / pixels) * pixels);
}

/** The same over the channel blocks. */
function channelUse({ outChannels, groups, channelBlock }: KernelFacts): number {
  const blocks = Math.ceil(outChannels / groups / (channelBlock || DEFAULT_BLOCK));
  return blocks === 0 ? 1 : blocks / (Math.ceil(blocks / BLOCKS_PER_PASS) * BLOCKS_PER_PASS);
}

/** The numeric features, by name. Logarithms are natural, of 1 + x; bytes and counts as in KernelFacts. */
export const KERNEL_NUMBERS: readonly NumericFeature[] = [
  ["logMacs", ({ macs }) => ln(macs)],
  ["logPaddedMacs", ({ paddedMacs }) => ln(paddedMacs)],
  ["logFlops", ({ flops }) => ln(flops)],
  ["logBytesIn", ({ bytesIn }) => ln(bytesIn)],
  ["logBytesOut", ({ bytesOut }) => ln(bytesOut)],
  ["logBytesWeights", ({ bytesWeights }) => ln(bytesWeights)],
  ["logIm2colBytes", ({ im2colBytes }) => ln(im2colBytes)],
  ["logIntensity", (facts) => Math.log((1 + facts.flops) / (1 + bytesOf(facts)))],
  ["logInChannels", ({ inChannels }) => ln(inChannels)],
  ["logOutChannels", ({ outChannels }) => ln(outChannels)],
  ["logInArea", ({ inArea }) => ln(inArea)],
  ["logOutArea", ({ outArea }) => ln(outArea)],
  ["logOutWidth", ({ outWidth }) => ln(outWidth)],
  ["logKernelArea", ({ kernelHeight, kernelWidth }) => ln(kernelHeight * kernelWidth)],
  ["logKernelAspect", ({ kernelHeight, kernelWidth }) => Math.log(kernelHeight / Math.max(1, kernelWidth))],
  ["stride", ({ stride }) => Math.log2(stride)],
  ["dilation", ({ dilation }) => Math.log2(dilation)],
  ["logInside", ({ insideShare }) => Math.log(Math.max(1e-3, insideShare))],
  ["logGroups", ({ groups }) => Math.log(groups)],
  ["logReduction", (facts) => (isConvolution(facts.kernelClass) && facts.outArea > 0 ? ln(facts.macs / (facts.outArea * Math.max(1, facts.outChannels))) : 0)],
  ["widthUse", (facts) => (isConvolution(facts.kernelClass) ? widthUse(facts) : 1)],
  ["channelUse", (facts) => (isConvolution(facts.kernelClass) ? channelUse(facts) : 1)],
  ["overL1", (facts) => ln(bytesOf(facts) / L1_BYTES)],
  ["overL2", (facts) => ln(bytesOf(facts) / L2_BYTES)],
  ["blocked", ({ blocked }) => flag(blocked)],
  ["readsPlain", ({ readsPlain }) => flag(readsPlain)],
  ["addsResidual", ({ addsResidual }) => flag(addsResidual)],
  ["activationRelu", ({ activation }) => flag(activation === "Relu")],
  ["activationClamp", ({ activation }) => flag(activationCost(activation) === "clamp")],
  ["activationPiecewise", ({ activation }) => flag(activationCost(activation) === "piecewise")],
  ["activationExponential", ({ activation }) => flag(activationCost(activation) === "exponential")],
  ["divides", ({ divides }) => flag(divides)],
  ["inputAgeOverL2", ({ inputAgeBytes }) => ln(inputAgeBytes / L2_BYTES)],
  ["runOverL2", ({ runBytes }) => ln(runBytes / L2_BYTES)],
  ["operands", ({ operands }) => Math.log(Math.max(1, operands))],
];

/** Names of the features, in the vector's order: one-hot classes, then the numbers. */
export const KERNEL_FEATURE_NAMES: readonly string[] = [
  ...KERNEL_CLASSES.map((name) => `class:${name}`),
  ...KERNEL_NUMBERS.map(([name]) => name),
];

/** Where the numeric part starts. */
export const NUMERIC_FROM = KERNEL_CLASSES.length;

/** Feature matrix of a model's kernels, row-major [kernels x KERNEL_FEATURE_NAMES.length]. */
export function kernelFeatureMatrix(facts: readonly KernelFacts[]): Float32Array {
  const width = KERNEL_FEATURE_NAMES.length;
  const matrix = new Float32Array(facts.length * width);
  facts.forEach((kernel, row) => {
    matrix[row * width + KERNEL_CLASSES.indexOf(kernel.kernelClass)] = 1;
    KERNEL_NUMBERS.forEach(([, value], column) => {
      matrix[row * width + NUMERIC_FROM + column] = value(kernel);
    });
  });
  return matrix;
}
