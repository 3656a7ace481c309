import { blockedMacs } from "../features/factor-features.js";
import { KERNEL_CLASSES, type KernelClass } from "../features/kernel-class.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import { standInOf } from "../features/stand-ins.js";

/**
 * Latency as a non-negative sum over kinds of kernel: for each class a roofline's terms (see conv/roofline.ts), and for all
 * classes alike one cost of activations and one of weights that no cache holds, and one of the run. The plainest model that
 * knows kinds; blended with the factors it takes off what those overlearn.
 */
export const TERMS_PER_CLASS = 6;
const BEYOND_CACHE = KERNEL_CLASSES.length * TERMS_PER_CLASS;
const SHARED_PER_KERNEL = 2;
const RUN = BEYOND_CACHE + SHARED_PER_KERNEL;
/** Costs of one configuration: those of each class, then what classes share. */
export const KIND_TERMS = RUN + 1;

function termsOf(kernel: KernelFacts): readonly number[] {
  const { bytesIn, bytesOut, bytesWeights, im2colBytes, inputPointers, outChannels, outArea } = kernel;
  const macs = inputPointers > 0 ? kernel.paddedMacs : blockedMacs(kernel, 4);
  // An engine's convolutions are either unfolded or indirect.
  return [1, macs, bytesIn + bytesOut, bytesWeights, im2colBytes + inputPointers, outChannels * Math.sqrt(outArea)];
}

/** Of every class at one cost. */
function sharedTermsOf({ bytesBeyondCache, weightBytesBeyondCache }: KernelFacts): readonly number[] {
  return [bytesBeyondCache, weightBytesBeyondCache];
}

/** What a network does, in the order of the costs; kernels of unknown cost do nothing. */
export function kindTotals(facts: readonly KernelFacts[]): readonly number[] {
  const totals = new Array<number>(KIND_TERMS).fill(0);
  totals[RUN] = 1;
  for (const kernel of facts) {
    if (!kernel.known) continue;
    const at = KERNEL_CLASSES.indexOf(kernel.kernelClass) * TERMS_PER_CLASS;
    termsOf(kernel).forEach((term, i) => (totals[at + i] = (totals[at + i] ?? 0) + term));
    sharedTermsOf(kernel).forEach((term, i) => (totals[BEYOND_CACHE + i] = (totals[BEYOND_CACHE + i] ?? 0) + term));
  }
  return totals;
}

export interface KindLatencies {
  readonly totalUs: number;
  /** One per kernel; they and the run's own cost add up to the total. */
  readonly kernelUs: Float32Array;
}

export function kindLatencies(facts: readonly KernelFacts[], costs: ArrayLike<number>): KindLatencies {
  const kernelUs = Float32Array.from(facts, (kernel) => {
    if (!kernel.known) return 0;
    const at = KERNEL_CLASSES.indexOf(kernel.kernelClass) * TERMS_PER_CLASS;
    const ofAnyClass = sharedTermsOf(kernel).reduce((sum, term, i) => sum + term * (costs[BEYOND_CACHE + i] ?? 0), 0);
    return termsOf(kernel).reduce((sum, term, i) => sum + term * (costs[at + i] ?? 0), ofAnyClass);
  });
  return { totalUs: kernelUs.reduce((sum, us) => sum + us, costs[RUN] ?? 0), kernelUs };
}

/** The same costs, with those of what is most like it for each class that no network had. */
export function withStandInCosts(costs: readonly number[], seen: (kernelClass: KernelClass) => boolean): readonly number[] {
  return costs.map((cost, index) => {
    const own = KERNEL_CLASSES[Math.floor(index / TERMS_PER_CLASS)];
    if (own === undefined || seen(own)) return cost;
    const standIn = standInOf(own, seen);
    if (standIn === undefined) return cost;
    return costs[KERNEL_CLASSES.indexOf(standIn) * TERMS_PER_CLASS + (index % TERMS_PER_CLASS)] ?? cost;
  });
}

/** Factors that say more than this, as a logarithm, other than the sum says are taken to say this much. */
const MAX_DISAGREEMENT = 0.15;
/** How far the sum is moved to the factors. */
export const FACTORS_SHARE = 0.85;

/**
 * The sum moved most of the way to what the factors say, in logarithms. The limit is there because factors of a family
 * that never trained may be off by any factor, which a sum of known kinds cannot.
 */
export function blendedLatencyUs(sumUs: number, factorsUs: number): number {
  if (!(sumUs > 0)) return factorsUs;
  const disagreement = Math.log(factorsUs / sumUs);
  return sumUs * Math.exp(FACTORS_SHARE * Math.max(-MAX_DISAGREEMENT, Math.min(MAX_DISAGREEMENT, disagreement)));
}
