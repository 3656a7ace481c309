import { ONE_CHANNEL, ROUGH_CORE, streamedByteUs } from "./chosen-algorithm.js";
import { channelUse, widthUse } from "./convolution-work.js";
import { type ActivationCost, activationCost } from "./fused-activation.js";
import type { KernelFacts } from "./kernel-facts.js";
import { flag, ln, type NumericFeature } from "./numeric-feature.js";

/** What an engine computes that holds channels in blocks of a vector and names its kernels: ONNX Runtime on x86-64. */

const isConv = ({ kernelClass }: KernelFacts): boolean => kernelClass.startsWith("conv");
const costOf = ({ activation }: KernelFacts): ActivationCost => activationCost(activation);

export const BLOCKED_NUMBERS: readonly NumericFeature[] = [
  ["blocked", ({ blocked }) => flag(blocked)],
  ["readsPlain", ({ readsPlain }) => flag(readsPlain)],
  ["logPaddedMacs", ({ paddedMacs }) => ln(paddedMacs)],
  ["paddedFill", ({ paddedMacs, macs }) => (macs > 0 ? Math.log(paddedMacs / macs) : 0)],
  ["widthUse", (facts) => (isConv(facts) ? widthUse(facts) : 1)],
  ["channelUse", (facts) => (isConv(facts) ? channelUse(facts) : 1)],
  ["activationPiecewise", (facts) => flag(costOf(facts) === "piecewise")],
  ["activationExponential", (facts) => flag(costOf(facts) === "exponential")],
  ["logActivated", (facts) => (costOf(facts) === "none" ? 0 : ln(facts.bytesOut))],
];

/** Rough latency of a kernel of that engine, microseconds. */
export function roughBlockedUs(facts: KernelFacts): number {
  const { kernelClass, bytesIn, bytesOut, bytesWeights, im2colBytes, paddedMacs, outArea } = facts;
  const { macsPerUs, bytesPerUs, callUs, viewUs } = ROUGH_CORE;
  const macs = (kernelClass === "conv-depthwise" ? ONE_CHANNEL : 1) * paddedMacs;
  const bytes = bytesIn + bytesOut + im2colBytes;
  // A product of one row, or of one pixel, reads each weight once.
  const once = kernelClass === "gemm" || (isConv(facts) && outArea === 1);
  const weightByteUs = once ? streamedByteUs(facts) : 1 / bytesPerUs;
  return macs / macsPerUs + bytes / bytesPerUs + bytesWeights * weightByteUs + (kernelClass === "view" ? viewUs : callUs);
}
