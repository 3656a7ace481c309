import type { Configuration } from "../../../model/factors.js";
import { PublishedDataError } from "../csv.js";
import type { PhoneRow } from "./table.js";

interface Cluster {
  readonly core: string;
  readonly cores: number;
  readonly maxGHz: number;
}

/** Clusters of like cores by phone, as the benchmark names them. */
export const PHONE_CLUSTERS: ReadonlyMap<string, ReadonlyMap<string, Cluster>> = new Map(
  Object.entries({
    // Snapdragon 855
    pixel4: {
      large: { core: "cortex-a76", cores: 1, maxGHz: 2.84 },
      med: { core: "cortex-a76", cores: 3, maxGHz: 2.32 },
      small: { core: "cortex-a55", cores: 4, maxGHz: 1.8 },
    },
    // Snapdragon 710
    mi8se: {
      large: { core: "cortex-a75", cores: 2, maxGHz: 2.2 },
      small: { core: "cortex-a55", cores: 6, maxGHz: 1.7 },
    },
    onefusion: {
      large: { core: "cortex-a75", cores: 2, maxGHz: 2.2 },
      small: { core: "cortex-a55", cores: 6, maxGHz: 1.7 },
    },
    // Helio P35
    a03s: {
      large: { core: "cortex-a53", cores: 4, maxGHz: 2.3 },
      small: { core: "cortex-a53", cores: 4, maxGHz: 1.8 },
    },
    // A12
    iphonexs: {
      large: { core: "vortex", cores: 2, maxGHz: 2.49 },
      small: { core: "tempest", cores: 4, maxGHz: 1.52 },
    },
    // A10
    iphone7: {
      large: { core: "hurricane", cores: 2, maxGHz: 2.34 },
      small: { core: "zephyr", cores: 2, maxGHz: 1.05 },
    },
  } satisfies Record<string, Record<string, Cluster>>).map(([device, clusters]) => [device, new Map(Object.entries(clusters))]),
);

/** What the phones are, for people. */
export const PHONE_MACHINES: ReadonlyMap<string, string> = new Map([
  ["pixel4", "Pixel 4 (Snapdragon 855)"],
  ["mi8se", "Mi 8 SE (Snapdragon 710)"],
  ["onefusion", "sibling of the Mi 8 SE (Snapdragon 710)"],
  ["a03s", "Galaxy A03s (Helio P35)"],
  ["iphonexs", "iPhone XS (A12)"],
  ["iphone7", "iPhone 7 (A10)"],
]);

/** Some cores of one cluster. */
export interface UsedCores extends Cluster {
  readonly used: number;
}

/**
 * What `3med` or `1large1med` names.
 *
 * @throws PublishedDataError for a phone or cluster that is not known, or more cores than it has
 */
export function usedCores(device: string, cores: string): readonly UsedCores[] {
  const clusters = PHONE_CLUSTERS.get(device);
  if (clusters === undefined) throw new PublishedDataError(`The cores of the phone ${device} are not known.`);
  if (!/^(\d[a-z]+)+$/.test(cores)) throw new PublishedDataError(`${cores} names no cores.`);
  return [...cores.matchAll(/(\d)([a-z]+)/g)].map(([, count = "", name = ""]) => {
    const cluster = clusters.get(name);
    const used = Number(count);
    if (cluster === undefined || used < 1 || used > cluster.cores) {
      throw new PublishedDataError(`${device} has no ${count} ${name} cores.`);
    }
    return { ...cluster, used };
  });
}

export const GPU = "gpu";

/** One core of the first cluster that is named: `1large` of `1large1med`. A GPU is one of its own. */
export function oneCoreOf(cores: string): string {
  return cores.replace(/^\d+([a-z]+).*$/, "1$1");
}

/** The target's name: device, engine, precision and cores. */
export function configurationId({ device, engine, precision, cores }: Pick<PhoneRow, "device" | "engine" | "precision" | "cores">): string {
  return `${device}.${engine}.${precision}.${cores}`;
}

/** Configuration of a row as features: what is the same for phones, clusters, engines and precisions, and how many cores. */
export function phoneConfiguration(row: Pick<PhoneRow, "device" | "engine" | "precision" | "cores">): Configuration {
  const { device, engine, precision, cores } = row;
  const runtime = `${engine}/${precision}`;
  const features: Record<string, number> = {
    any: 1,
    [`engine:${engine}`]: 1,
    [`runtime:${runtime}`]: 1,
    [`device:${device}`]: 1,
    [`device:${device}/${runtime}`]: 1,
  };
  if (cores === GPU) return { id: configurationId(row), features };
  const used = usedCores(device, cores);
  const count = used.reduce((sum, cluster) => sum + cluster.used, 0);
  const meanGHz = used.reduce((sum, cluster) => sum + cluster.used * cluster.maxGHz, 0) / count;
  for (const cluster of used) {
    const share = cluster.used / count;
    for (const name of [`core:${cluster.core}`, `core:${cluster.core}/${runtime}`]) features[name] = (features[name] ?? 0) + share;
  }
  features["logGHz"] = Math.log(meanGHz / 2);
  features["logCores"] = Math.log(count);
  features[`logCores/${runtime}`] = Math.log(count);
  features["mixed"] = used.length > 1 ? 1 : 0;
  return { id: configurationId(row), features };
}
