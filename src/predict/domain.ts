import type { KernelFacts } from "../features/kernel-facts.js";

/** Quantities whose range tells whether training saw anything like a kernel. */
const QUANTITIES = ["macs", "bytesIn", "bytesOut", "bytesWeights", "inChannels", "outChannels", "outArea"] as const;
type Quantity = (typeof QUANTITIES)[number];
/** Kernel class -> quantity -> range. */
export type DomainRanges = Readonly<Record<string, Readonly<Record<string, readonly [low: number, high: number]>>>>;

/** Beyond this factor outside a range a kernel counts as unlike. */
const TOLERANCE = 1.5;
/** More than this share of the latency in unlike kernels raises the flag. */
const FLAG_FROM = 0.1;
const MAX_REASONS = 5;

/** Ranges of the training kernels' quantities by class. */
export function fitDomain(kernels: Iterable<KernelFacts>): DomainRanges {
  const ranges: Record<string, Record<Quantity, [number, number]>> = {};
  for (const facts of kernels) {
    const range = (ranges[facts.kernelClass] ??= emptyRange());
    for (const quantity of QUANTITIES) {
      const value = facts[quantity];
      const [low, high] = range[quantity];
      range[quantity] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return ranges;
}

function emptyRange(): Record<Quantity, [number, number]> {
  const empty = (): [number, number] => [Infinity, -Infinity];
  return {
    macs: empty(),
    bytesIn: empty(),
    bytesOut: empty(),
    bytesWeights: empty(),
    inChannels: empty(),
    outChannels: empty(),
    outArea: empty(),
  };
}

export interface DomainJudgement {
  readonly flag: boolean;
  /** Share of the predicted latency that lies in kernels unlike the training data, 0..1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** Compares a model's kernels, weighted by their latency, with what training saw. */
export function judgeDomain(ranges: DomainRanges, facts: readonly KernelFacts[], kernelUs: Float32Array): DomainJudgement {
  const total = kernelUs.reduce((sum, us) => sum + us, 0);
  const shareByReason = new Map<string, number>();
  let outside = 0;
  facts.forEach((kernel, i) => {
    const reason = unlike(ranges, kernel);
    if (reason === null) return;
    const share = total > 0 ? (kernelUs[i] ?? 0) / total : 0;
    outside += share;
    shareByReason.set(reason, (shareByReason.get(reason) ?? 0) + share);
  });
  const reasons = [...shareByReason]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MAX_REASONS)
    .map(([reason, share]) => `${reason} (${(100 * share).toFixed(1)} % of the latency)`);
  return { flag: outside > FLAG_FROM, score: Math.min(1, outside), reasons };
}

function unlike(ranges: DomainRanges, facts: KernelFacts): string | null {
  if (!facts.known) return "kernels of unknown cost";
  const range = ranges[facts.kernelClass];
  if (range === undefined) return `no ${facts.kernelClass} kernel was measured`;
  for (const quantity of QUANTITIES) {
    const [low, high] = range[quantity] ?? [-Infinity, Infinity];
    const value = facts[quantity];
    if (value > high * TOLERANCE) return `${facts.kernelClass} kernels with more ${quantity} than measured`;
    if (value < low / TOLERANCE) return `${facts.kernelClass} kernels with less ${quantity} than measured`;
  }
  return null;
}
