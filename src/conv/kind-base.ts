import type { KernelFacts } from "../features/kernel-facts.js";
import { kindLatencies } from "./kind-sums.js";

/** A sum may find a kind free; no factor could then make it cost anything, so it gets this share of a rough latency. */
const LEAST_SHARE = 0.05;

/**
 * What the factors of a configuration are relative to: logarithm of each kernel's latency by the configuration's sum over
 * kinds, and -Infinity where its cost is not known. The rough latencies, scaled to the same total, are the floor.
 *
 * @param logRoughUs see FactorFeatures
 */
export function kindBase(facts: readonly KernelFacts[], logRoughUs: Float32Array, costs: ArrayLike<number>): Float32Array {
  const { kernelUs } = kindLatencies(facts, costs);
  const total = kernelUs.reduce((sum, us) => sum + us, 0);
  const rough = logRoughUs.reduce((sum, log) => sum + Math.exp(log), 0);
  if (!(total > 0) || !(rough > 0)) return logRoughUs;
  const least = (LEAST_SHARE * total) / rough;
  return logRoughUs.map((log, i) => (log === -Infinity ? log : Math.log(Math.max(kernelUs[i] ?? 0, least * Math.exp(log)))));
}
