import { featureSchemaHash } from "../../features/schema.js";
import { AdditivePredictor } from "../../model/additive.js";
import { unpackAdditive } from "../../model/additive-artifact.js";
import { readArtifact, writeArtifact } from "../../model/artifact.js";
import type { Tf } from "../../model/backend.js";
import { IDLE_KEY, type IntervalCalibration } from "../../predict/interval.js";
import { parseAdditiveManifest } from "../../predict/manifest.js";
import { splitOf } from "../evaluate/splits.js";
import { intervalResiduals, intervalsOf, type IntervalResiduals, pooledResiduals, quantiles } from "./calibrate.js";
import { type Corpus, loadCorpus } from "./corpus.js";
import { crossResiduals, type FoldCache } from "./cross-fit.js";
import { keptFolds } from "./kept-folds.js";
import { ADDITIVE_METHOD } from "./method.js";
import { rowsOf } from "./pipeline.js";
import { crossMachine } from "./transfer.js";

export interface IntervalOptions {
  /** Folder of the artifact whose intervals are computed again. */
  readonly directory: string;
  readonly data: string;
  /** A corpus of another machine, to see how slowdowns carry over. */
  readonly other: string;
  readonly log: (message: string) => void;
}

const FULL_STATE = "utilization+bandwidthGBs+runDelayRatio";

/**
 * Computes the intervals of a trained artifact again and rewrites its manifest; the tensors stay as they are. Intervals come
 * from cross-fitted residuals on the models that may train; the coverage on the test models is only printed.
 */
export async function rewriteIntervals(tf: Tf, { directory, data, other, log }: IntervalOptions): Promise<void> {
  const { manifest } = await readArtifact(directory, { featureSchemaHash });
  const corpus = await loadCorpus(data, log);
  const cache = keptFolds(tf, corpus, splitOf(corpus), ADDITIVE_METHOD, manifest.seed);
  await rewriteIntervalsFrom(tf, { directory, corpus, other: await loadCorpus(other, log), cache, log });
}

export interface CorpusIntervalOptions {
  readonly directory: string;
  readonly corpus: Corpus;
  readonly other: Corpus;
  /** Folds that were computed before. */
  readonly cache: FoldCache;
  readonly log: (message: string) => void;
}

/** The same with the corpora at hand. */
export async function rewriteIntervalsFrom(tf: Tf, { directory, corpus, other, cache, log }: CorpusIntervalOptions): Promise<void> {
  const { manifest, params } = await readArtifact(directory, { featureSchemaHash });
  const { extra } = parseAdditiveManifest(manifest);
  const model = unpackAdditive({ params, record: extra.model });
  const split = splitOf(corpus);
  const options = { seed: manifest.seed, onProgress: log };
  const transfers = await crossMachine(tf, model, extra.rules, [corpus, other].map((each) => ({ corpus: each, split: splitOf(each) })), options);
  for (const { from, to, residuals } of transfers) log(`slowdown of ${from} on ${to}: ${describe(residuals, FULL_STATE)}`);
  const transfer = pooledResiduals(transfers.map((each) => each.residuals));
  const { schema, tensorFile, tensors, ...head } = manifest;
  const write = (interval: IntervalCalibration) => writeArtifact(directory, { ...head, extra: { ...extra, interval } }, params);
  await write({ ...extra.interval, transferHalfWidths: quantiles(transfer) });
  log(`half-widths of slowdowns that are carried over written to ${directory}; schema ${schema}, ${tensors.length} tensors and their ${tensorFile.bytes} bytes stay`);

  const residuals = await crossResiduals(tf, corpus, split, ADDITIVE_METHOD, options, cache);
  const { outOfDistributionFactor } = extra.interval;
  const interval = intervalsOf(residuals, outOfDistributionFactor, transfer);
  const tested = intervalResiduals(new AdditivePredictor(null, model), rowsOf(corpus, split.test));
  for (const key of [IDLE_KEY, FULL_STATE]) {
    log(`${key}: residuals ${describe(residuals, key)}; test rows covered ${covered(tested, extra.interval, key)} before, ${covered(tested, interval, key)} now`);
  }
  await write(interval);
  log(`intervals written to ${directory}`);
}

function describe(residuals: IntervalResiduals, key: string): string {
  const values = residuals.get(key) ?? [];
  const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  const mape = values.reduce((sum, value) => sum + Math.abs(Math.exp(-value) - 1), 0) / values.length;
  return `${values.length}, mean size ${mean.toFixed(4)}, MAPE ${(100 * mape).toFixed(2)} %`;
}

function covered(residuals: IntervalResiduals, { halfWidths }: IntervalCalibration, key: string): string {
  const values = residuals.get(key) ?? [];
  const halfWidth = halfWidths[key] ?? NaN;
  const inside = values.filter((value) => Math.abs(value) <= halfWidth).length;
  return `${((100 * inside) / values.length).toFixed(1)} % (half-width ${halfWidth.toFixed(4)})`;
}
