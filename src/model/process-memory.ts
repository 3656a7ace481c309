import { MEMORY_TERMS, type MemoryTerm, memoryTerms } from "../features/memory-terms.js";
import type { ModelFeatures } from "../features/model-features.js";

/** What an engine keeps of each term: bytes for each byte of it, not below 0. A term that is not there counts nothing. */
export type MemorySum = Readonly<Partial<Record<MemoryTerm, number>>>;

/** How much memory an engine's process takes for a network beyond what it held before: sums over its memory terms. */
export interface ProcessMemoryModel {
  /** At most until it is loaded. */
  readonly loading: MemorySum;
  /** At most after that, while it runs. */
  readonly running: MemorySum;
  /** Share of networks that the intervals are asked to hold, 0..1. */
  readonly coverage: number;
  /** Half-widths on the logarithm, of what running takes and of the larger of both. */
  readonly halfWidths: { readonly running: number; readonly peak: number };
}

/** Bytes, and the half-width of their interval on the logarithm. */
export interface PredictedBytes {
  readonly bytes: number;
  readonly halfWidth: number;
}

export interface ProcessMemory {
  readonly coverage: number;
  /** At most, from the beginning of loading on. */
  readonly peak: PredictedBytes;
  readonly running: PredictedBytes;
}

const MIB = 2 ** 20;

/** What a network takes. Its state plays no part. */
export function processMemory(model: ProcessMemoryModel, features: ModelFeatures): ProcessMemory {
  const { running, peak } = memorySums(model, memoryTerms(features));
  const { coverage, halfWidths } = model;
  return { coverage, peak: { bytes: MIB * peak, halfWidth: halfWidths.peak }, running: { bytes: MIB * running, halfWidth: halfWidths.running } };
}

/** The sums in the terms' unit. A network loads and then runs: the larger of both is its peak. */
export function memorySums({ loading, running }: Pick<ProcessMemoryModel, "loading" | "running">, terms: readonly number[]): { readonly running: number; readonly peak: number } {
  const runs = sumOfTerms(terms, running);
  return { running: runs, peak: Math.max(runs, sumOfTerms(terms, loading)) };
}

/** @param terms in the order of MEMORY_TERMS */
function sumOfTerms(terms: readonly number[], sum: MemorySum): number {
  return MEMORY_TERMS.reduce((total, name, i) => total + (sum[name] ?? 0) * (terms[i] ?? 0), 0);
}
