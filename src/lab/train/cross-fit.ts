import type { Tf } from "../../model/backend.js";
import { DomainJudge } from "../../predict/domain.js";
import type { Split } from "../evaluate/splits.js";
import { intervalResiduals, type IntervalResiduals, pooledResiduals } from "./calibrate.js";
import type { Corpus } from "./corpus.js";
import { type Fold, foldsOf } from "./folds.js";
import { type Method, trainingSplit } from "./method.js";
import { type AdditiveOptions, rowsOf } from "./pipeline.js";
import { seenDomain } from "./seen-domain.js";

/** What folds yielded in a run that was ended before its last one. */
export interface FoldCache {
  find(fold: number): IntervalResiduals | null;
  /** Returns what it was given. */
  keep(fold: number, residuals: IntervalResiduals): IntervalResiduals;
}

const NO_CACHE: FoldCache = { find: () => null, keep: (_, residuals) => residuals };

/** Trains on four fifths, of which a seventh stops it early: nearly as much as the predictor itself trained on. */
export const FOLDS = 5;

/**
 * Cross-conformal residuals (Vovk 2015; Barber et al. 2021, "CV+"): every model of a split that may train is predicted by
 * one that it did not train, in place of the few that validate. The split's test models play no part.
 */
export async function crossResiduals(
  tf: Tf,
  corpus: Corpus,
  split: Split,
  method: Method,
  options: AdditiveOptions,
  cache: FoldCache = NO_CACHE,
): Promise<IntervalResiduals> {
  const models = [...split.training, ...split.validation];
  const states = corpus.loaded.map(({ stateName }) => stateName);
  const parts: IntervalResiduals[] = [];
  for (const [index, fold] of foldsOf(models, states, FOLDS).entries()) {
    const known = cache.find(index);
    options.onProgress?.(`fold ${index + 1} of ${FOLDS}${known === null ? "" : ", as it was computed before"}`);
    parts.push(known ?? cache.keep(index, await foldResiduals(tf, corpus, fold, method, options)));
  }
  return pooledResiduals(parts);
}

async function foldResiduals(tf: Tf, corpus: Corpus, fold: Fold, method: Method, options: AdditiveOptions): Promise<IntervalResiduals> {
  const { predictor } = await method.train(tf, corpus, fold.split, options, fold.states);
  // Networks beside the dataset are of another day: what they are off by is not what the dataset's are off by.
  const domain = new DomainJudge(seenDomain(corpus, trainingSplit(method, fold.split)));
  const residuals = intervalResiduals(predictor, domain, rowsOf({ ...corpus, further: [] }, fold.split.test));
  predictor.dispose();
  return residuals;
}
