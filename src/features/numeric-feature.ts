import type { KernelFacts } from "./kernel-facts.js";

/** A number that describes a kernel, by name. */
export type NumericFeature = readonly [name: string, value: (facts: KernelFacts) => number];

/** Natural logarithm of 1 + x. */
export const ln = (value: number): number => Math.log1p(value);
export const flag = (value: boolean): number => (value ? 1 : 0);
