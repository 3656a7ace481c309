import type { FactorSchema } from "../features/factor-features.js";
import type { KernelClass } from "../features/kernel-class.js";
import type { KernelFacts } from "../features/kernel-facts.js";

/**
 * What a machine's kernels take for each term of their rough latency (see FactorSchema.roughTerms), as models of one operator tell: a
 * roofline for each class. Rough latencies are off by any factor for a class that computes what they do not count.
 */
export interface KernelCosts {
  /** Of classes that were measured: what each term counts. */
  readonly byClass: Readonly<Partial<Record<KernelClass, readonly number[]>>>;
  /** What any term of all other classes does. */
  readonly others: number;
}

/** A sum may find a kernel free; no factor could then make it cost anything, so it gets this share of what its rough latency says. */
const LEAST_SHARE = 0.05;

/** Logarithms of kernels' latencies by their costs, -Infinity where one's cost is not known. */
export function logCostedUs(facts: readonly KernelFacts[], schema: FactorSchema, { byClass, others }: KernelCosts): Float32Array {
  return Float32Array.from(facts, (kernel) => {
    if (!kernel.known) return -Infinity;
    const costs = byClass[kernel.kernelClass];
    const terms = schema.roughTerms(kernel);
    const us = terms.reduce((sum, term, i) => sum + term * (costs?.[i] ?? others), 0);
    const roughUs = terms.reduce((sum, term) => sum + term, 0);
    return Math.log(Math.max(us, LEAST_SHARE * others * roughUs));
  });
}
