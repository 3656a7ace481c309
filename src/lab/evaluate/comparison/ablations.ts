import type { ModelFeatures } from "../../../features/model-features.js";
import type { Tf } from "../../../model/backend.js";
import type { LatencyPredictor } from "../../../model/predictor.js";
import type { Corpus } from "../../train/corpus.js";
import { mapFeatures } from "../../train/corpus-changes.js";
import { type EngineTrainingOptions, trainingOf } from "../../train/engine.js";
import { ADDITIVE_METHOD, methodOf } from "../../train/method.js";
import type { AdditiveOptions } from "../../train/pipeline.js";
import type { Split } from "../splits.js";

/** The chosen predictor with one thing left out, on idle rows. */
export interface Ablation {
  readonly name: string;
  /** What trains it and tests it. */
  readonly change: (corpus: Corpus) => Corpus;
  readonly train: (tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions) => Promise<LatencyPredictor>;
}

const WHOLE: Ablation["train"] = (tf, corpus, split, options) => methodOf(corpus).trainIdle(tf, corpus, split, options);
/** Where a profile names every kernel it can be trained on: kernels of the sweep, corrected by a graph network. */
const ADDITIVE: Ablation["train"] = (tf, corpus, split, options) => ADDITIVE_METHOD.trainIdle(tf, corpus, split, options);
/** Factors that train otherwise than a corpus' own settings say. */
const otherwise =
  (settings: Partial<EngineTrainingOptions>): Ablation["train"] =>
  (tf, corpus, split, options) =>
    WHOLE(tf, corpus, split, { ...options, ...settings });
const same = (corpus: Corpus): Corpus => corpus;

export const NOTHING_LEFT_OUT: Omit<Ablation, "name"> = { change: same, train: WHOLE };

/** What can be left out of the predictor that ships for a corpus. */
export function ablationsOf(corpus: Corpus): readonly Ablation[] {
  const timed = [...corpus.idle, ...corpus.further].some(({ kernelUs, parts = [] }) => kernelUs !== null || parts.length > 0);
  const { costsOfSweep, weightPenalty } = trainingOf(corpus);
  return [
    { name: "without c: no models of one operator", change: (each) => ({ ...each, sweep: [] }), train: WHOLE },
    { name: "without the graph: kernels know nothing of their neighbours", change: withoutGraph, train: WHOLE },
    ...(costsOfSweep ? [{ name: "without costs of the sweep: factors of rough latencies", ...NOTHING_LEFT_OUT, train: otherwise({ costsOfSweep: false }) }] : []),
    ...(weightPenalty > 0 ? [{ name: "without the penalty on weights", ...NOTHING_LEFT_OUT, train: otherwise({ weightPenalty: 0 }) }] : []),
    ...(timed ? [{ name: "without profiles of networks", change: withoutProfiles, train: WHOLE }] : []),
    ...(corpus.profiled ? [{ name: "a graph network in place of factors", change: same, train: ADDITIVE }] : []),
    ...(corpus.further.length > 0 ? [{ name: "without the networks beside the data", change: withoutFurther, train: WHOLE }] : []),
  ];
}

/** Kernels without edges. */
export function withoutGraph(corpus: Corpus): Corpus {
  return mapFeatures(corpus, (features): ModelFeatures => {
    const { size, rowOffsets } = features.kernelGraph.adjacency;
    const adjacency = { size, rowOffsets: new Uint32Array(rowOffsets.length), columns: new Uint32Array() };
    return { ...features, kernelGraph: { ...features.kernelGraph, adjacency } };
  });
}

/** Of networks only their latency is known. */
export function withoutProfiles(corpus: Corpus): Corpus {
  const whole = <E extends Corpus["idle"][number]>(examples: readonly E[]): E[] => examples.map((example) => ({ ...example, kernelUs: null, parts: [] }));
  return { ...corpus, idle: whole(corpus.idle), further: whole(corpus.further) };
}

/** What a dataset's own networks teach. */
export function withoutFurther(corpus: Corpus): Corpus {
  return { ...corpus, further: [] };
}
