import { KERNEL_CLASSES } from "../features/kernel-class.js";
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

/** Square roots of the shares that classes have in a network's work, in the order of KERNEL_CLASSES: a point on a sphere. */
type Mix = Float64Array;

const PLACE_OF: ReadonlyMap<string, number> = new Map(KERNEL_CLASSES.map((name, place) => [name, place]));

/** Of networks, each the kernels that it runs: how they divide their work. */
export function fitMixes(networks: Iterable<readonly KernelFacts[]>): Mixes {
  const kept: Mix[] = [];
  for (const facts of networks) {
    const mix = mixOf(facts);
    if (mix !== null && (nearestOf(kept, mix)?.distance ?? Infinity) > NEAR) kept.push(mix);
  }
  const classes = KERNEL_CLASSES.filter((_, place) => kept.some((mix) => (mix[place] ?? 0) > 0));
  const thousandths = (share: number): string => (share < 0.0005 ? "" : Math.round(1000 * share).toString());
  return { classes, networks: kept.map((mix) => classes.map((name) => thousandths(shareOf(mix, PLACE_OF.get(name)))).join(",")).join(";") };
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

  /** Classes that are not among KERNEL_CLASSES have no place: networks that have them are unlike all that can be asked. */
  constructor({ classes, networks }: Mixes) {
    const places = classes.map((name) => PLACE_OF.get(name));
    this.known = networks.split(";").map((row) => {
      const shares = row.split(",").map(Number);
      const total = shares.reduce((sum, share) => sum + share, 0);
      const mix = new Float64Array(KERNEL_CLASSES.length);
      for (const [i, place] of places.entries()) if (place !== undefined && total > 0) mix[place] = Math.sqrt((shares[i] ?? 0) / total);
      return mix;
    });
  }

  /** Null where nothing is known of any of its kernels. */
  judge(facts: readonly KernelFacts[]): MixJudgement | null {
    const mix = mixOf(facts);
    const nearest = mix === null ? undefined : nearestOf(this.known, mix);
    if (mix === null || nearest === undefined) return null;
    const compared = KERNEL_CLASSES.map((kernelClass, place) => ({ kernelClass, share: shareOf(mix, place), nearestShare: shareOf(nearest.mix, place) }));
    const most = compared.reduce((a, b) => (difference(b) > difference(a) ? b : a));
    return { unlike: nearest.distance, most };
  }
}

function difference({ share, nearestShare }: MixJudgement["most"]): number {
  return Math.abs(share - nearestShare);
}

function shareOf(mix: Mix, place = -1): number {
  return (mix[place] ?? 0) ** 2;
}

/** Null where nothing is known of any kernel. */
function mixOf(facts: readonly KernelFacts[]): Mix | null {
  const work = new Float64Array(KERNEL_CLASSES.length);
  let total = 0;
  for (const { known, kernelClass, flops, bytesIn, bytesOut, bytesWeights } of facts) {
    const place = PLACE_OF.get(kernelClass);
    const kernelWork = Math.max(flops / FLOPS_PER_BYTE, bytesIn + bytesOut + bytesWeights);
    if (!known || place === undefined || !(kernelWork > 0)) continue;
    work[place] = (work[place] ?? 0) + kernelWork;
    total += kernelWork;
  }
  return total > 0 ? work.map((of) => Math.sqrt(of / total)) : null;
}

/** Undefined where there is none. */
function nearestOf(mixes: readonly Mix[], mix: Mix): { readonly mix: Mix; readonly distance: number } | undefined {
  // Few of all classes occur in any one network.
  const places = [...mix.keys()].filter((place) => (mix[place] ?? 0) > 0);
  let closest = -1;
  let nearest: Mix | undefined;
  for (const other of mixes) {
    let product = 0;
    for (const place of places) product += (mix[place] ?? 0) * (other[place] ?? 0);
    if (product > closest) [closest, nearest] = [product, other];
  }
  return nearest === undefined ? undefined : { mix: nearest, distance: Math.sqrt(Math.max(0, 1 - closest)) };
}
