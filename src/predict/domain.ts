import { groupBy } from "../features/group-by.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import { MixJudge, type MixJudgement, type Mixes } from "./mixes.js";

/** What sets kernels of one class apart, each with what a difference of its logarithm weighs; the other quantities follow from these. */
const QUANTITIES = [
  { name: "inChannels", weight: 1, of: ({ inChannels }: KernelFacts) => inChannels },
  { name: "outChannels", weight: 1, of: ({ outChannels }: KernelFacts) => outChannels },
  { name: "outArea", weight: 0.5, of: ({ outArea }: KernelFacts) => outArea },
  { name: "taps", weight: 1, of: ({ kernelHeight, kernelWidth }: KernelFacts) => kernelHeight * kernelWidth },
  { name: "stride", weight: 1, of: ({ stride }: KernelFacts) => stride },
  { name: "groups", weight: 0.5, of: ({ groups }: KernelFacts) => groups },
] as const;

/**
 * Kernels that training saw, by class: the quantities of some, near which lie all others. A text of DOMAIN_PATTERN, because there
 * may be thousands, which an artifact's manifest would have on as many lines.
 */
export type Domain = Record<string, string>;

const NUMBER = "\\d+(?:\\.\\d+)?";
const KERNEL = `${NUMBER}(?:,${NUMBER}){${QUANTITIES.length - 1}}`;
/** `3,32,12544,9,2,1;32,32,12544,9,1,32` */
export const DOMAIN_PATTERN = `^(?:${KERNEL}(?:;${KERNEL})*)?$`;

/** A kernel nearer than this to one that training saw counts as seen. */
const NEAR = 0.1;
/** So much further away, a kernel is half unlike. */
const HALF_UNLIKE = 0.2;
/** A score above this raises the flag. */
const FLAG_FROM = 0.5;
/** Kernels that are less unlike give no reason. */
const REASON_FROM = 0.5;
/** Nor does a mix of kernels that is less unlike: a quarter of the networks whose family was left out are more so, no other member of a known one. */
const MIX_REASON_FROM = 0.3;
const MAX_REASONS = 5;

const quantitiesOf = (facts: KernelFacts): number[] => QUANTITIES.map(({ of }) => of(facts));
const pointOf = (quantities: readonly number[]): readonly number[] => QUANTITIES.map(({ weight }, i) => weight * Math.log(1 + (quantities[i] ?? 0)));

/** Of kernels, those that training saw: as few as leave none further than NEAR from one that is kept. */
export function fitDomain(kernels: Iterable<KernelFacts>): Domain {
  const distinct = new Map<string, readonly [kernelClass: string, quantities: number[]]>();
  for (const facts of kernels) {
    const quantities = quantitiesOf(facts);
    distinct.set(`${facts.kernelClass} ${quantities.join()}`, [facts.kernelClass, quantities]);
  }
  const kept: Domain = {};
  for (const [kernelClass, all] of groupBy([...distinct.values()], ([name]) => name)) {
    const points = new Points();
    kept[kernelClass] = all.flatMap(([, quantities]) => (points.addUnlessNear(pointOf(quantities)) ? [quantities.join(",")] : [])).join(";");
  }
  return kept;
}

/** Points of one class, sorted by their first coordinate, so that a search need not see all of them. */
class Points {
  private readonly sorted: (readonly number[])[] = [];

  add(point: readonly number[]): void {
    this.sorted.splice(this.placeOf(point), 0, point);
  }

  /** Whether it was added. */
  addUnlessNear(point: readonly number[]): boolean {
    if ((this.nearest(point)?.distance ?? Infinity) <= NEAR) return false;
    this.add(point);
    return true;
  }

  /** Undefined where there is none. */
  nearest(point: readonly number[]): { readonly point: readonly number[]; readonly distance: number } | undefined {
    let best = Infinity;
    let found: readonly number[] | undefined;
    const first = point[0] ?? 0;
    const consider = (other: readonly number[] | undefined): boolean => {
      if (other === undefined || ((other[0] ?? 0) - first) ** 2 >= best) return false;
      let square = 0;
      for (let i = 0; i < point.length && square < best; i++) square += ((point[i] ?? 0) - (other[i] ?? 0)) ** 2;
      if (square < best) [best, found] = [square, other];
      return true;
    };
    const start = this.placeOf(point);
    for (let i = start; consider(this.sorted[i]); i++);
    for (let i = start - 1; consider(this.sorted[i]); i--);
    return found === undefined ? undefined : { point: found, distance: Math.sqrt(best) };
  }

  private placeOf(point: readonly number[]): number {
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.[0] ?? 0) < (point[0] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface DomainJudgement {
  readonly flag: boolean;
  /** How unlike the training data's the model's kernels are, on the mean over its latency, or the mix of them, 0..1. */
  readonly score: number;
  readonly reasons: readonly string[];
}

interface KernelJudgement {
  /** 0: seen; 1: nothing like it was seen. */
  readonly unlike: number;
  readonly reason: string;
}

/** Tells how far what is asked lies from what training saw. A kernel, and a list of them, is judged once, however many states it is asked in. */
export class DomainJudge {
  private readonly points = new Map<string, Points>();
  private readonly mixes: MixJudge | null;
  private readonly judged = new WeakMap<KernelFacts, KernelJudgement>();
  private readonly judgedMixes = new WeakMap<readonly KernelFacts[], MixJudgement | null>();

  /** Without the mixes of networks that trained, kernels alone tell. */
  constructor(domain: Domain, mixes?: Mixes) {
    this.mixes = mixes === undefined ? null : new MixJudge(mixes);
    for (const [kernelClass, kernels] of Object.entries(domain)) {
      const points = new Points();
      for (const kernel of kernels.split(";")) if (kernel !== "") points.add(pointOf(kernel.split(",").map(Number)));
      this.points.set(kernelClass, points);
    }
  }

  /** Compares a model's kernels, weighted by their latency, with what training saw, and the mix of them. */
  judge(facts: readonly KernelFacts[], kernelUs: Float32Array): DomainJudgement {
    const total = kernelUs.reduce((sum, us) => sum + us, 0);
    const shareByReason = new Map<string, number>();
    let unlikeKernels = 0;
    facts.forEach((kernel, i) => {
      const { unlike, reason } = this.kernel(kernel);
      const share = total > 0 ? (kernelUs[i] ?? 0) / total : 0;
      unlikeKernels += share * unlike;
      if (unlike >= REASON_FROM) shareByReason.set(reason, (shareByReason.get(reason) ?? 0) + share);
    });
    const reasons = [...shareByReason]
      .sort(([, a], [, b]) => b - a)
      .slice(0, MAX_REASONS)
      .map(([reason, share]) => `${reason} (${(100 * share).toFixed(1)} % of the latency)`);
    const mix = total > 0 ? this.mix(facts) : null;
    if (mix !== null && mix.unlike >= MIX_REASON_FROM) reasons.push(mixReason(mix));
    // Either makes a network unlike the training data.
    const score = 1 - (1 - Math.min(1, unlikeKernels)) * (1 - (mix?.unlike ?? 0));
    return { flag: score > FLAG_FROM, score, reasons };
  }

  private mix(facts: readonly KernelFacts[]): MixJudgement | null {
    const known = this.judgedMixes.get(facts);
    if (known !== undefined) return known;
    const judged = this.mixes?.judge(facts) ?? null;
    this.judgedMixes.set(facts, judged);
    return judged;
  }

  private kernel(facts: KernelFacts): KernelJudgement {
    const known = this.judged.get(facts);
    if (known !== undefined) return known;
    const judged = this.judgeKernel(facts);
    this.judged.set(facts, judged);
    return judged;
  }

  private judgeKernel(facts: KernelFacts): KernelJudgement {
    if (!facts.known) return { unlike: 1, reason: "kernels of unknown cost" };
    const point = pointOf(quantitiesOf(facts));
    const nearest = this.points.get(facts.kernelClass)?.nearest(point);
    if (nearest === undefined) return { unlike: 1, reason: `no ${facts.kernelClass} kernel was measured` };
    const unlike = 1 - 2 ** (-Math.max(0, nearest.distance - NEAR) / HALF_UNLIKE);
    return { unlike, reason: `${facts.kernelClass} kernels with ${largestDifference(point, nearest.point)} than the nearest that was measured` };
  }
}

function mixReason({ most: { kernelClass, share, nearestShare } }: MixJudgement): string {
  const percent = (of: number): string => `${(100 * of).toFixed(0)} %`;
  return `no network that was measured divides its work so: ${kernelClass} has ${percent(share)} of it, ${percent(nearestShare)} in the nearest`;
}

function largestDifference(point: readonly number[], nearest: readonly number[]): string {
  const differences = QUANTITIES.map(({ name }, i) => ({ name, by: (point[i] ?? 0) - (nearest[i] ?? 0) }));
  const { name, by } = differences.reduce((a, b) => (Math.abs(b.by) > Math.abs(a.by) ? b : a));
  return `${by > 0 ? "more" : "less"} ${name}`;
}
