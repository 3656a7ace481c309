import { quantile } from "../dataset/statistics.js";
import { CONVOLUTION_GROUPS, GROUP_NAMES, groupOf } from "./kernel-groups.js";
import { type Finding, type StudySection, without } from "./section.js";
import type { NetworkPoint, StudyData } from "./study-data.js";
import { number, percent } from "./words.js";

/** The research design expects at least this of convolutions. */
const EXPECTED = 0.95;

export const OPERATOR_SHARE: StudySection = {
  id: "operators",
  title: "Share of latency by operator",
  about:
    "One network of each family, by the engine's own profiler, whose overhead is taken off: the plain architecture (variant 0), " +
    "or the one nearest to it in FLOPs where its profile does not fit. Kernels are counted as the engine runs them: an activation or " +
    "a batch normalisation that is fused into a convolution is part of it. Where a profile names no kernels, its layers are told apart by kind and FLOPs; " +
    "layers that are no kernel here (changes of layout, for instance) are other.",
  find,
};

/** The family's plain architecture, else the profiled network nearest to it in FLOPs, else the first that is profiled. */
export function representativeOf(networks: readonly NetworkPoint[], family: string): NetworkPoint | null {
  const members = networks.filter((network) => network.family === family);
  const plain = members.find(({ id }) => id === `${family}-0`);
  const profiled = members.filter(({ classUs }) => classUs !== null);
  if (plain === undefined) return profiled[0] ?? null;
  const distance = ({ flops }: NetworkPoint): number => Math.abs(Math.log(flops / plain.flops));
  return profiled.reduce<NetworkPoint | null>((best, next) => (best === null || distance(next) < distance(best) ? next : best), null);
}

interface Shares {
  readonly network: NetworkPoint;
  /** One per GROUP_NAMES; they sum to 1. */
  readonly shares: readonly number[];
  readonly convolutions: number;
}

function sharesOf(network: NetworkPoint): Shares {
  const sums = new Map<string, number>();
  let total = 0;
  for (const [kernelClass, us] of network.classUs ?? []) {
    total += us;
    sums.set(groupOf(kernelClass), (sums.get(groupOf(kernelClass)) ?? 0) + us);
  }
  const shares = GROUP_NAMES.map((name) => (sums.get(name) ?? 0) / total);
  return { network, shares, convolutions: shares.slice(0, CONVOLUTION_GROUPS).reduce((sum, share) => sum + share, 0) };
}

function find({ networks, profiled, machine }: StudyData): Finding {
  const families = [...new Set(networks.map(({ family }) => family))].sort();
  const all = families
    .flatMap((family) => representativeOf(networks, family) ?? [])
    .map(sharesOf)
    .sort((a, b) => b.convolutions - a.convolutions);
  const [most, least] = [all[0], all.at(-1)];
  if (most === undefined || least === undefined) {
    return without(profiled ? "No network has a profile that fits." : `Left out: no profile of ${machine.engine} is read, so its time is not known by operator.`);
  }
  const rest = GROUP_NAMES.slice(CONVOLUTION_GROUPS).map((name, i) => ({
    name,
    share: all.reduce((sum, { shares }) => sum + (shares[CONVOLUTION_GROUPS + i] ?? 0), 0) / all.length,
  }));
  const second = rest.reduce((best, next) => (next.share > best.share ? next : best));
  const high = all.filter(({ convolutions }) => convolutions >= EXPECTED).length;
  const parts = GROUP_NAMES.filter((_, i) => all.some(({ shares }) => (shares[i] ?? 0) > 0));
  return {
    text:
      `Convolutions of all kinds take from ${percent(least.convolutions)} (${least.network.id}) to ${percent(most.convolutions)} ` +
      `(${most.network.id}) of a network's time, ${percent(quantile(all.map(({ convolutions }) => convolutions), 0.5))} in the median, and at ` +
      `least ${percent(EXPECTED)} in ${high} of ${all.length}. Of everything else, ${second.name} takes most: ` +
      `${percent(second.share)} of the time on average.`,
    figure: {
      title: "Share of latency by kind of kernel",
      panels: [
        {
          kind: "bars",
          title: "Share of the time of all kernels",
          xLabel: "share of latency, %",
          parts,
          bars: all.map(({ network, shares }) => ({
            name: `${network.id}, ${number(network.us / 1000)} ms`,
            values: parts.map((name) => 100 * (shares[GROUP_NAMES.indexOf(name)] ?? 0)),
          })),
        },
      ],
    },
  };
}
