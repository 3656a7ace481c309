import type { EngineRules } from "../../graph/kernels/lower.js";
import type { Tf } from "../../model/backend.js";
import type { IdleSource } from "../../model/slowed.js";
import { DomainJudge } from "../../predict/domain.js";
import { IDLE_KEY, type IntervalCalibration, widening } from "../../predict/interval.js";
import { unpackedRecorded } from "../../predict/recorded-target.js";
import { splitOf } from "../evaluate/splits.js";
import { mean } from "../dataset/statistics.js";
import { intervalResiduals, intervalsOf, type IntervalResiduals, narrowed, pooledResiduals, type Residual } from "./calibrate.js";
import type { Corpus } from "./corpus.js";
import { loadCorpus, loadTrainingData, type TrainingData } from "./load-corpus.js";
import { crossResiduals, type FoldCache } from "./cross-fit.js";
import type { FactorsKeeper } from "./factors.js";
import { keptFactors } from "./kept-factors.js";
import { keptFolds } from "./kept-folds.js";
import { methodOfKind, trainingSplit } from "./method.js";
import { rowsOf } from "./pipeline.js";
import { readRecorded, rewriteExtra } from "./recorded-artifact.js";
import { seenOf } from "./seen-domain.js";
import { crossMachine } from "./transfer.js";
import { typicalFactors } from "./typical-kernel.js";

export interface IntervalOptions extends TrainingData {
  /** Folder of the artifact whose intervals are computed again. */
  readonly directory: string;
  /** A corpus of another machine, to see how slowdowns carry over: of predictors that ship a slowdown for others alone. */
  readonly other: string;
  readonly log: (message: string) => void;
}

const FULL_STATE = "utilization+bandwidthGBs+runDelayRatio";

/**
 * Computes the intervals, the domain and the typical kernel of a trained artifact again and rewrites its manifest; the tensors stay as they are.
 * Intervals come from cross-fitted residuals on the models that may train, what is unlike is widened by what leaving families out says; the coverage on the test models is only printed.
 */
export async function rewriteIntervals(tf: Tf, { directory, other, log, ...data }: IntervalOptions): Promise<void> {
  const { manifest } = await readRecorded(directory);
  const corpus = await loadTrainingData(data, log);
  const method = methodOfKind(manifest.kind);
  const cache = keptFolds(tf, corpus, splitOf(corpus), method, manifest.seed);
  await rewriteIntervalsFrom(tf, { directory, corpus, other: corpus.profiled ? await loadCorpus(other, log) : null, cache, keep: keptFactors(tf), log });
}

export interface CorpusIntervalOptions {
  readonly directory: string;
  readonly corpus: Corpus;
  /** Null: how slowdowns carry over stays as it is. */
  readonly other: Corpus | null;
  /** Folds that were computed before. */
  readonly cache: FoldCache;
  /** Of factors that folds trained before. */
  readonly keep?: FactorsKeeper;
  readonly log: (message: string) => void;
}

/** The same with the corpora at hand. */
export async function rewriteIntervalsFrom(tf: Tf, { directory, corpus, other, cache, keep, log }: CorpusIntervalOptions): Promise<void> {
  const artifact = await readRecorded(directory);
  const { manifest } = artifact;
  const method = methodOfKind(manifest.kind);
  const split = splitOf(corpus);
  const training = trainingSplit(method, split);
  const options = { seed: manifest.seed, onProgress: log, keep };
  const { manifest: parsed, idle, predictor } = unpackedRecorded(null, artifact);
  const transfer = other === null ? undefined : await transferResiduals(tf, idle, parsed.extra.rules, [corpus, other], options);
  const residuals = await crossResiduals(tf, corpus, split, method, options, cache);
  const seen = seenOf(corpus, training);
  const made = intervalsOf({ ...residuals, transfer });
  const kept = parsed.extra.interval.transferHalfWidths;
  const interval = transfer === undefined && kept !== undefined ? { ...made, transferHalfWidths: kept } : made;
  const tested = intervalResiduals(predictor, new DomainJudge(seen.domain, seen.mixes), rowsOf(corpus, split.test));
  const typicalKernel = typicalFactors(predictor, rowsOf(corpus, training.training).idle);
  predictor.dispose();
  for (const key of [IDLE_KEY, FULL_STATE]) {
    log(`${key}: residuals ${describe(residuals.like.get(key))}; test rows covered ${covered(tested.get(key), interval, key)}`);
  }
  log(`families left out: residuals ${describe(residuals.unlike)}; covered ${covered(residuals.unlike, interval, IDLE_KEY)}`);
  await rewriteExtra(directory, artifact, { interval, ...seen, typicalKernel }, { what: "intervals, domain, mixes and typical kernel", log });
}

/** How far the artifact's kind of slowdown is off between machines, both ways. */
async function transferResiduals(
  tf: Tf,
  idle: IdleSource,
  rules: EngineRules,
  corpora: readonly Corpus[],
  options: { readonly seed: number; readonly onProgress: (message: string) => void },
): Promise<IntervalResiduals> {
  const transfers = await crossMachine(tf, idle, rules, corpora.map((each) => ({ corpus: each, split: splitOf(each) })), options);
  for (const { from, to, residuals } of transfers) options.onProgress(`slowdown of ${from} on ${to}: ${describe(residuals.get(FULL_STATE))}`);
  return pooledResiduals(transfers.map((each) => each.residuals));
}

function describe(residuals: readonly Residual[] = []): string {
  return `${residuals.length}, mean size ${mean(residuals.map(({ residual }) => Math.abs(residual))).toFixed(4)}`;
}

function covered(residuals: readonly Residual[] = [], { halfWidths, outOfDistributionFactor }: IntervalCalibration, key: string): string {
  const halfWidth = halfWidths[key] ?? NaN;
  const inside = narrowed(residuals, outOfDistributionFactor).filter((residual) => Math.abs(residual) <= halfWidth).length;
  const widened = mean(residuals.map(({ score }) => halfWidth * widening(score, outOfDistributionFactor)));
  return `${((100 * inside) / residuals.length).toFixed(1)} % (half-width ${halfWidth.toFixed(4)}, by scores ${widened.toFixed(4)} in the mean)`;
}
