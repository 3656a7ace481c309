import { KERNEL_CLASSES, type KernelClass } from "../features/kernel-class.js";
import type { KernelFacts } from "../features/kernel-facts.js";

/**
 * How the networks that trained divide their work among classes of kernels: a row for each network, or for each of some near which lie all
 * others, of thousandths in the order of `classes`, a 0 left out: `520,,31;490,12,40`.
 */
export interface Mixes {
  readonly classes: readonly string[];
  readonly networks: string;
}

const SHARE = "\\d{0,4}";
const NETWORK = `${SHARE}(?:,${SHARE})*`;
export const MIXES_PATTERN = `^${NETWORK}(?:;${NETWORK})*$`;

/** A network nearer than this to one that is kept is not kept. */
const NEAR = 0.02;
/** The FLOPs that a nominal machine does while it moves a byte: a kernel's work is whichever takes longer (a roofline). */
const FLOPS_PER_BYTE = 10;

/** Square roots of the shares that classes have in a network's work: points on a sphere. */
type Mix = ReadonlyMap<string, number>;

/** Of networks, each the kernels that it runs: how they divide their work. */
export function fitMixes(networks: Iterable<readonly KernelFacts[]>): Mixes {
  const kept: Mix[] = [];
  for (const facts of networks) {
    const mix = mixOf(facts);
    if (mix.size > 0 && (nearestOf(kept, mix)?.distance ?? Infinity) > NEAR) kept.push(mix);
  }
  const classes = KERNEL_CLASSES.filter((name) => kept.some((mix) => mix.has(name)));
  const thousandths = (root: number): string => (root > 0 ? String(Math.round(1000 * root ** 2)) : "");
  return { classes, networks: kept.map((mix) => classes.map((name) => thousandths(mix.get(name) ?? 0)).join(",")).join(";") };
}

/** A network beside the one that trained and that divides its work most as it does. */
export interface MixJudgement {
  /** Hellinger's distance of the two, 0 (alike) to 1 (no class in common). */
  readonly unlike: number;
  /** The class that the difference is most of, with its share of the work here and there. */
  readonly most: { readonly kernelClass: string; readonly share: number; readonly nearestShare: number };
}

/** Tells how unlike the training data's a network's mix of kernels is. */
export class MixJudge {
  private readonly known: readonly Mix[];

  constructor({ classes, networks }: Mixes) {
    this.known = networks.split(";").map((row) => {
      const shares = row.split(",").map(Number);
      const total = shares.reduce((sum, share) => sum + share, 0);
      return new Map(classes.flatMap((name, i) => (shares[i] === undefined || shares[i] === 0 ? [] : [[name, Math.sqrt(shares[i] / total)] as const])));
    });
  }

  /** Null where nothing is known of any of its kernels. */
  judge(facts: readonly KernelFacts[]): MixJudgement | null {
    const mix = mixOf(facts);
    const nearest = nearestOf(this.known, mix);
    if (mix.size === 0 || nearest === undefined) return null;
    const compared = [...new Set([...mix.keys(), ...nearest.mix.keys()])].map((kernelClass) => ({
      kernelClass,
      share: (mix.get(kernelClass) ?? 0) ** 2,
      nearestShare: (nearest.mix.get(kernelClass) ?? 0) ** 2,
    }));
    const most = compared.reduce((a, b) => (difference(b) > difference(a) ? b : a));
    return { unlike: nearest.distance, most };
  }
}

function difference({ share, nearestShare }: MixJudgement["most"]): number {
  return Math.abs(share - nearestShare);
}

function mixOf(facts: readonly KernelFacts[]): Mix {
  const work = new Map<KernelClass, number>();
  let total = 0;
  for (const { known, kernelClass, flops, bytesIn, bytesOut, bytesWeights } of facts) {
    if (!known) continue;
    const kernelWork = Math.max(flops / FLOPS_PER_BYTE, bytesIn + bytesOut + bytesWeights);
    if (!(kernelWork > 0)) continue;
    work.set(kernelClass, (work.get(kernelClass) ?? 0) + kernelWork);
    total += kernelWork;
  }
  return new Map([...work].map(([name, of]) => [name, Math.sqrt(of / total)]));
}

/** Undefined where there is none. */
function nearestOf(mixes: readonly Mix[], mix: Mix): { readonly mix: Mix; readonly distance: number } | undefined {
  let closest = -1;
  let nearest: Mix | undefined;
  for (const other of mixes) {
    let product = 0;
    for (const [name, root] of mix) product += root * (other.get(name) ?? 0);
    if (product > closest) [closest, nearest] = [product, other];
  }
  return nearest === undefined ? undefined : { mix: nearest, distance: Math.sqrt(Math.max(0, 1 - closest)) };
}
