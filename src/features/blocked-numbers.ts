import { ONE_CHANNEL, ROUGH_CORE, streamedByteUs } from "./chosen-algorithm.js";
import { activationCost } from "./fused-activation.js";
import { isConvolution } from "./kernel-class.js";
import type { KernelFacts } from "./kernel-facts.js";
import { KERNEL_NUMBERS } from "./kernel-features.js";
import { ln, type NumericFeature } from "./numeric-feature.js";

/** What an engine computes that holds channels in blocks of a vector and names its kernels: ONNX Runtime on x86-64. */

/** What a kernel's own features say of it. */
const ofKernel = (...names: readonly string[]): readonly NumericFeature[] => KERNEL_NUMBERS.filter(([name]) => names.includes(name));

export const BLOCKED_NUMBERS: readonly NumericFeature[] = [
  ...ofKernel("blocked", "readsPlain"),
  ...ofKernel("logPaddedMacs"),
  ["paddedFill", ({ paddedMacs, macs }) => (macs > 0 ? Math.log(paddedMacs / macs) : 0)],
  ...ofKernel("widthUse", "channelUse", "activationPiecewise", "activationExponential"),
  ["logActivated", ({ activation, bytesOut }) => (activationCost(activation) === "none" ? 0 : ln(bytesOut))],
];

/** What a kernel of that engine roughly takes, microseconds: arithmetic, activations, weights, the call. */
export function roughBlockedTerms(facts: KernelFacts): readonly number[] {
  const { kernelClass, bytesIn, bytesOut, bytesWeights, im2colBytes, paddedMacs, outArea } = facts;
  const { macsPerUs, bytesPerUs, callUs, viewUs } = ROUGH_CORE;
  const macs = (kernelClass === "conv-depthwise" ? ONE_CHANNEL : 1) * paddedMacs;
  const bytes = bytesIn + bytesOut + im2colBytes;
  // A product of one row, or of one pixel, reads each weight once.
  const once = kernelClass === "gemm" || (isConvolution(kernelClass) && outArea === 1);
  const weightByteUs = once ? streamedByteUs(facts) : 1 / bytesPerUs;
  return [macs / macsPerUs, bytes / bytesPerUs, bytesWeights * weightByteUs, kernelClass === "view" ? viewUs : callUs];
}
