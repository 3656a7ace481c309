import type { FactorFeatures } from "../../features/factor-features.js";
import type { Configuration } from "../../model/factors.js";
import type { Random } from "../../model/random.js";
import { type Scaler, standardise } from "../../model/scaler.js";
import { concat } from "./arrays.js";
import type { FactorPart, FactorSample } from "./factor-sample.js";

/** A graph with what was measured of it: one column per configuration. */
export interface Item {
  readonly inputs: Float32Array;
  /** Those of known cost. */
  readonly kernels: number;
  /** By configuration: logarithms of its kernels' rough latencies; undefined where nothing was measured. */
  readonly logBaseUs: (Float32Array | undefined)[];
  readonly logLatency: Float32Array;
  /** 1 where measured. */
  readonly mask: Float32Array;
  readonly parts: readonly ItemPart[];
}

/** Kernels of a graph that were timed together: one column per configuration, as of the graph. */
export interface ItemPart {
  /** Places among the graph's kernels of known cost. */
  readonly kernels: readonly number[];
  readonly logLatency: Float32Array;
  /** Of the graph's latency; 0 where the part was not timed. */
  readonly share: Float32Array;
}

/** Graphs that are trained on together, with the configurations that any of them was measured in. */
export interface Batch {
  readonly items: readonly Item[];
  readonly columns: readonly number[];
  /** Rough latencies as logarithms, [kernels of all graphs x columns]. */
  readonly base: Float32Array;
}

export function itemsOf(
  samples: readonly FactorSample[],
  graphs: readonly FactorSample[],
  configurations: readonly Configuration[],
  scaler: Scaler,
): Item[] {
  const columns = new Map(configurations.map(({ id }, index) => [id, index]));
  const items = new Map(
    graphs.map(({ graphId, features }) => [
      graphId,
      {
        ...knownKernels(features, scaler),
        logBaseUs: new Array<Float32Array | undefined>(configurations.length).fill(undefined),
        logLatency: new Float32Array(configurations.length),
        mask: new Float32Array(configurations.length),
        parts: new PartTable(features, configurations.length),
      },
    ]),
  );
  for (const { graphId, features, logBaseUs, configuration, latencyUs, parts } of samples) {
    const item = items.get(graphId);
    const column = columns.get(configuration.id);
    if (item === undefined || column === undefined) continue;
    item.logLatency[column] = Math.log(latencyUs);
    item.mask[column] = 1;
    item.logBaseUs[column] = (logBaseUs ?? features.logRoughUs).filter((_, row) => Number.isFinite(features.logRoughUs[row]));
    for (const part of parts ?? []) item.parts.add(part, column, latencyUs);
  }
  return [...items.values()].map((item) => ({ ...item, parts: item.parts.all() }));
}

/** The parts of one graph that any configuration timed. */
class PartTable {
  private readonly places: ReadonlyMap<number, number>;
  private readonly parts = new Map<string, ItemPart>();

  constructor(
    features: FactorFeatures,
    private readonly configurations: number,
  ) {
    this.places = new Map(knownRows(features).map((row, place) => [row, place]));
  }

  add({ kernels, latencyUs }: FactorPart, column: number, graphUs: number): void {
    const key = kernels.join();
    const part = this.parts.get(key) ?? this.untimed(kernels);
    this.parts.set(key, part);
    part.logLatency[column] = Math.log(latencyUs);
    part.share[column] = latencyUs / graphUs;
  }

  all(): readonly ItemPart[] {
    return [...this.parts.values()];
  }

  private untimed(rows: readonly number[]): ItemPart {
    const kernels = rows.map((row) => {
      const place = this.places.get(row);
      if (place === undefined) throw new RangeError(`A part names kernel ${row}, which the graph does not have or whose cost is not known.`);
      return place;
    });
    return { kernels, logLatency: new Float32Array(this.configurations), share: new Float32Array(this.configurations) };
  }
}

export const EMPTY: Batch = { items: [], columns: [], base: new Float32Array() };

/** How much is trained on together: a number of graphs, or of kernels at most, one graph at least. An epoch takes so many `batches` at most. */
export type BatchSize = { readonly graphs: number } | { readonly kernels: number; readonly batches?: number };

/**
 * Batches of graphs that were measured in the same configurations, where possible: what was not measured need not be
 * computed. Their order changes from epoch to epoch, what is in them does not.
 */
export function batchesOf(items: readonly Item[], size: BatchSize, random: Random): readonly Batch[] {
  const shuffled = random.shuffle(items);
  const alike = shuffled.map((item) => ({ item, key: item.mask.join("") })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return dealt(alike.map(({ item }) => item), size).map((batch) => {
    const columns = [...(batch[0]?.mask.keys() ?? [])].filter((column) => batch.some(({ mask }) => mask[column] === 1));
    const base = batch.flatMap(({ logBaseUs, kernels }) =>
      Array.from({ length: kernels }, (_, row) => Float32Array.from(columns, (column) => logBaseUs[column]?.[row] ?? 0)),
    );
    return { items: batch, columns, base: concat(base) };
  });
}

function dealt(items: readonly Item[], size: BatchSize): readonly (readonly Item[])[] {
  if ("graphs" in size) return Array.from({ length: Math.ceil(items.length / size.graphs) }, (_, i) => items.slice(i * size.graphs, (i + 1) * size.graphs));
  const batches: Item[][] = [];
  let kernels = Infinity;
  for (const item of items) {
    const last = batches.at(-1);
    kernels += item.kernels;
    if (last !== undefined && kernels <= size.kernels) last.push(item);
    else {
      batches.push([item]);
      kernels = item.kernels;
    }
  }
  return batches;
}

/** Kernels of unknown cost count nothing, in training as in predicting. */
function knownKernels(features: FactorFeatures, scaler: Scaler): Pick<Item, "inputs" | "kernels"> {
  const inputs = standardise(features.matrix, scaler);
  const width = scaler.mean.length;
  const rows = knownRows(features);
  return {
    inputs: concat(rows.map((row) => inputs.subarray(row * width, (row + 1) * width))),
    kernels: rows.length,
  };
}

function knownRows({ logRoughUs }: FactorFeatures): readonly number[] {
  return [...logRoughUs.keys()].filter((row) => Number.isFinite(logRoughUs[row]));
}
