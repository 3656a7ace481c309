import type { Tf } from "../../model/backend.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { Split } from "../evaluate/splits.js";
import { type CalibrationResiduals, idleOf, intervalResiduals, type IntervalResiduals, pooledResiduals } from "./calibrate.js";
import type { Corpus } from "./corpus.js";
import { familyFoldsOf, foldsOf } from "./folds.js";
import type { Method } from "./method.js";
import { type AdditiveOptions, rowsOf } from "./pipeline.js";
import { seenJudge } from "./seen-domain.js";

/** What folds yielded in a run that was ended before its last one. */
export interface FoldCache {
  find(fold: string): IntervalResiduals | null;
  /** Returns what it was given. */
  keep(fold: string, residuals: IntervalResiduals): IntervalResiduals;
}

const NO_CACHE: FoldCache = { find: () => null, keep: (_, residuals) => residuals };

/** Of models that did not train what predicted them. */
export type CrossResiduals = Required<Pick<CalibrationResiduals, "like" | "unlike">>;

/** Trains on four fifths, of which a seventh stops it early: nearly as much as the predictor itself trained on. */
export const FOLDS = 5;

/**
 * Cross-conformal residuals (Vovk 2015; Barber et al. 2021, "CV+"): every model of a split that may train is predicted by
 * one that it did not train, in place of the few that validate, and then, idle, by one that its family did not train. The split's test
 * models play no part.
 */
export async function crossResiduals(
  tf: Tf,
  corpus: Corpus,
  split: Split,
  method: Method,
  options: AdditiveOptions,
  cache: FoldCache = NO_CACHE,
): Promise<CrossResiduals> {
  const ids = new Set([...split.training, ...split.validation]);
  const states = corpus.loaded.map(({ stateName }) => stateName);
  const like = foldsOf([...ids], states, FOLDS).map((fold, index) => ({
    name: `fold-${index}`,
    train: async () => foldResiduals(corpus, fold.split, method, (await method.train(tf, corpus, fold.split, options, fold.states)).predictor),
  }));
  const unlike = familyFoldsOf(rowsOf(corpus, ids).idle, FOLDS).map((left, index) => ({
    name: `families-${index}`,
    train: async () => foldResiduals({ ...corpus, loaded: [] }, left, method, await method.trainIdle(tf, corpus, left, options)),
  }));
  const residualsOf = async (folds: readonly NamedFold[]): Promise<IntervalResiduals> => {
    const parts: IntervalResiduals[] = [];
    for (const { name, train } of folds) {
      const known = cache.find(name);
      options.onProgress?.(`${name} of ${folds.length}${known === null ? "" : ", as it was computed before"}`);
      parts.push(known ?? cache.keep(name, await train()));
    }
    return pooledResiduals(parts);
  };
  return { like: await residualsOf(like), unlike: idleOf(await residualsOf(unlike)) };
}

interface NamedFold {
  readonly name: string;
  readonly train: () => Promise<IntervalResiduals>;
}

/** Of the models that a predictor's split tests. The predictor is of no use after that. */
function foldResiduals(corpus: Corpus, split: Split, method: Method, predictor: LatencyPredictor): IntervalResiduals {
  // Networks beside the dataset are of another day: what they are off by is not what the dataset's are off by.
  const residuals = intervalResiduals(predictor, seenJudge(corpus, method, split), rowsOf({ ...corpus, further: [] }, split.test));
  predictor.dispose();
  return residuals;
}
