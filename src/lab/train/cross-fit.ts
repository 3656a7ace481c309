import { AdditivePredictor } from "../../model/additive.js";
import type { Tf } from "../../model/backend.js";
import type { Split } from "../evaluate/splits.js";
import { intervalResiduals, type IntervalResiduals, pooledResiduals } from "./calibrate.js";
import type { Corpus } from "./corpus.js";
import { type Fold, foldsOf } from "./folds.js";
import { type AdditiveOptions, rowsOf, trainIdleModel, trainKernels, trainWithSlowdown } from "./pipeline.js";

/** Trains on four fifths, of which a seventh stops it early: nearly as much as the predictor itself trained on. */
export const FOLDS = 5;

/** The additive predictor as a fold's models and states would have had it. */
export async function trainFold(tf: Tf, corpus: Corpus, { split, states }: Fold, options: AdditiveOptions): Promise<AdditivePredictor> {
  const kernelLatency = await trainKernels(tf, corpus, split, options);
  const idleModel = await trainIdleModel(tf, corpus, kernelLatency, split, options);
  return new AdditivePredictor(null, await trainWithSlowdown(tf, corpus, idleModel, split, options, states));
}

/** Residuals of rows whose models a fold held out, in states that it trained on and in those that it did not. */
export interface CrossResiduals {
  readonly seen: IntervalResiduals;
  readonly unseen: IntervalResiduals;
}

/**
 * Cross-conformal residuals (Vovk 2015; Barber et al. 2021, "CV+"): every model of a split that may train is predicted by
 * one that it did not train, in place of the few that validate. The split's test models play no part.
 */
export async function crossResiduals(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions): Promise<CrossResiduals> {
  const models = [...split.training, ...split.validation];
  const states = corpus.loaded.map(({ stateName }) => stateName);
  const seen: IntervalResiduals[] = [];
  const unseen: IntervalResiduals[] = [];
  for (const [index, fold] of foldsOf(models, states, FOLDS).entries()) {
    options.onProgress?.(`fold ${index + 1} of ${FOLDS}`);
    const predictor = await trainFold(tf, corpus, fold, options);
    const { idle, loaded } = rowsOf(corpus, fold.split.test);
    const isUnseen = ({ stateName }: { readonly stateName: string }): boolean => fold.states.has(stateName);
    seen.push(intervalResiduals(predictor, { idle, loaded: loaded.filter((row) => !isUnseen(row)) }));
    unseen.push(intervalResiduals(predictor, { idle: [], loaded: loaded.filter(isUnseen) }));
    predictor.dispose();
  }
  return { seen: pooledResiduals(seen), unseen: pooledResiduals(unseen) };
}
