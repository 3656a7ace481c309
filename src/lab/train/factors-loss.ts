import type { Batch, Item } from "./factors-batches.js";
import { smoothL1Of, smoothL1Slope } from "./losses.js";

/** A batch's loss and its slopes. */
export interface FactorsLoss {
  readonly value: number;
  /** By what the network says of each kernel, [kernels x (rank + 1)]. */
  readonly output: Float32Array;
  /** By the vectors of all configurations, [configurations x (rank + 2)]; 0 for those that the batch was not measured in. */
  readonly vectors: Float32Array;
}

export interface FactorsLossOptions {
  readonly rank: number;
  /** What an error of a part counts beside one of the whole graph, by the part's share of its latency. */
  readonly partWeight: number;
}

/** The corner of smooth L1 on log latency: errors over 3 % count linearly, so that a wrong cell pulls no harder than others. */
const BETA = 0.03;

/**
 * How far a batch's latencies are off, as model/factors.ts computes them, with the gradient by hand: where kernels are few
 * and configurations fewer, a dozen small tensor operations and their derivatives take several times as long as the
 * network itself. `output` holds (u_i, a_i) of each kernel, `vectors` (v_c, s_c, k_c) of each configuration.
 */
export function factorsLoss(batch: Batch, output: ArrayLike<number>, vectors: ArrayLike<number>, { rank, partWeight }: FactorsLossOptions): FactorsLoss {
  const kernelUs = kernelLatencies(batch, output, vectors, rank);
  const slopes: Slopes = {
    logUs: new Float64Array(kernelUs.length),
    vectors: new Float32Array(vectors.length),
  };
  const value = graphsLoss(batch, kernelUs, vectors, rank, slopes) + partsLoss(batch, kernelUs, partWeight, slopes);
  return { value, output: backThroughProducts(batch, output, vectors, rank, slopes), vectors: slopes.vectors };
}

interface Slopes {
  /** By the logarithm of each kernel's latency in each of the batch's configurations. */
  readonly logUs: Float64Array;
  readonly vectors: Float32Array;
}

/** exp(r + a + u . v + s), [kernels x columns]. */
function kernelLatencies({ base, columns }: Batch, output: ArrayLike<number>, vectors: ArrayLike<number>, rank: number): Float64Array {
  const count = columns.length;
  const us = new Float64Array(base.length);
  for (let i = 0; i < us.length; i++) {
    const kernel = Math.floor(i / count) * (rank + 1);
    const vector = (columns[i % count] ?? 0) * (rank + 2);
    let log = (base[i] ?? 0) + (output[kernel + rank] ?? 0) + (vectors[vector + rank] ?? 0);
    for (let j = 0; j < rank; j++) log += (output[kernel + j] ?? 0) * (vectors[vector + j] ?? 0);
    us[i] = Math.exp(log);
  }
  return us;
}

/** Mean over what was measured; a graph's latency is the sum of its kernels' and a constant. */
function graphsLoss({ items, columns }: Batch, kernelUs: Float64Array, vectors: ArrayLike<number>, rank: number, slopes: Slopes): number {
  const measured = items.reduce((sum, { mask }) => sum + columns.reduce((of, column) => of + (mask[column] ?? 0), 0), 0);
  const weight = 1 / Math.max(1, measured);
  let value = 0;
  eachCell({ items, columns }, (item, column, first, end) => {
    if (item.mask[column] !== 1) return;
    const constant = column * (rank + 2) + rank + 1;
    const constantUs = Math.exp(vectors[constant] ?? 0);
    let totalUs = constantUs;
    for (let i = first; i < end; i += columns.length) totalUs += kernelUs[i] ?? 0;
    const error = Math.log(totalUs) - (item.logLatency[column] ?? 0);
    value += weight * smoothL1Of(error, BETA);
    const slope = (weight * smoothL1Slope(error, BETA)) / totalUs;
    for (let i = first; i < end; i += columns.length) slopes.logUs[i] = slope * (kernelUs[i] ?? 0);
    slopes.vectors[constant] = (slopes.vectors[constant] ?? 0) + slope * constantUs;
  });
  return value;
}

/** Errors of what profiles time, a mean weighted by each part's share of its graph's latency. */
function partsLoss({ items, columns }: Batch, kernelUs: Float64Array, partWeight: number, slopes: Slopes): number {
  if (partWeight === 0) return 0;
  const shares = items.reduce((sum, { parts }) => sum + parts.reduce((of, { share }) => of + columns.reduce((all, column) => all + (share[column] ?? 0), 0), 0), 0);
  if (shares === 0) return 0;
  let value = 0;
  eachCell({ items, columns }, (item, column, first) => {
    for (const { kernels, logLatency, share } of item.parts) {
      const weight = (partWeight * (share[column] ?? 0)) / shares;
      if (weight === 0) continue;
      let totalUs = 0;
      for (const kernel of kernels) totalUs += kernelUs[first + kernel * columns.length] ?? 0;
      const error = Math.log(totalUs) - (logLatency[column] ?? 0);
      value += weight * smoothL1Of(error, BETA);
      const slope = (weight * smoothL1Slope(error, BETA)) / totalUs;
      for (const kernel of kernels) {
        const i = first + kernel * columns.length;
        slopes.logUs[i] = (slopes.logUs[i] ?? 0) + slope * (kernelUs[i] ?? 0);
      }
    }
  });
  return value;
}

/** Each graph in each of the batch's configurations, with where its kernels stand in [kernels x columns]: `first`, every `columns.length`th, before `end`. */
function eachCell({ items, columns }: Pick<Batch, "items" | "columns">, visit: (item: Item, column: number, first: number, end: number) => void): void {
  let start = 0;
  for (const item of items) {
    const end = start + item.kernels * columns.length;
    columns.forEach((column, place) => {
      visit(item, column, start + place, end);
    });
    start = end;
  }
}

/** From slopes by a + u . v + s to those by (u, a), returned, and by (v, s), added to those of the constants. */
function backThroughProducts({ columns }: Batch, output: ArrayLike<number>, vectors: ArrayLike<number>, rank: number, slopes: Slopes): Float32Array {
  const count = columns.length;
  const byOutput = new Float32Array(output.length);
  const byVector = new Float64Array(slopes.vectors.length);
  for (let i = 0; i < slopes.logUs.length; i++) {
    const slope = slopes.logUs[i] ?? 0;
    if (slope === 0) continue;
    const kernel = Math.floor(i / count) * (rank + 1);
    const vector = (columns[i % count] ?? 0) * (rank + 2);
    for (let j = 0; j < rank; j++) {
      byOutput[kernel + j] = (byOutput[kernel + j] ?? 0) + slope * (vectors[vector + j] ?? 0);
      byVector[vector + j] = (byVector[vector + j] ?? 0) + slope * (output[kernel + j] ?? 0);
    }
    byOutput[kernel + rank] = (byOutput[kernel + rank] ?? 0) + slope;
    byVector[vector + rank] = (byVector[vector + rank] ?? 0) + slope;
  }
  for (let i = 0; i < byVector.length; i++) slopes.vectors[i] = (slopes.vectors[i] ?? 0) + (byVector[i] ?? 0);
  return byOutput;
}
