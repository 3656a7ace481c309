import type { KindLatencies } from "./kind-sums.js";

/** A sum may find a kind free; no factor could then make it cost anything, so it gets this share of a rough latency. */
const LEAST_SHARE = 0.05;

/**
 * What the factors of a configuration are relative to: logarithm of each kernel's latency by the configuration's sum over
 * kinds, and -Infinity where its cost is not known. The rough latencies, scaled to the same total, are the floor.
 *
 * @param sum by the configuration's costs
 * @param logRoughUs see FactorFeatures
 */
export function kindBase(sum: Pick<KindLatencies, "kernelUs">, logRoughUs: Float32Array): Float32Array {
  const { kernelUs } = sum;
  const total = kernelUs.reduce((sum, us) => sum + us, 0);
  const rough = logRoughUs.reduce((sum, log) => sum + Math.exp(log), 0);
  if (!(total > 0) || !(rough > 0)) return logRoughUs;
  const least = (LEAST_SHARE * total) / rough;
  return logRoughUs.map((log, i) => (log === -Infinity ? log : Math.log(Math.max(kernelUs[i] ?? 0, least * Math.exp(log)))));
}
