import { fitConvolutionRegression } from "../../conv/regression.js";
import { STATE_FEATURE_NAMES } from "../../features/state-vector.js";
import type { Tf } from "../../model/backend.js";
import { KernelLatencyPredictor, type KernelLatencyModel } from "../../model/kernel-latency.js";
import { type PaperModel, PaperPredictor, type PaperSource } from "../../model/paper.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { fitStateDistribution } from "../../model/state-distribution.js";
import { trainPaperCandidate } from "../train/candidates.js";
import type { Corpus } from "../train/corpus.js";
import type { IdleExample, LoadedExample } from "../train/examples.js";
import type { FactorsKeeper } from "../train/factors.js";
import { corpusRows } from "../train/kept-folds.js";
import { methodOf } from "../train/method.js";
import { BatchPredictor, rowsOf, trainKernels } from "../train/pipeline.js";
import { boostedTrees } from "./comparison/tables.js";
import type { KeptModels } from "./kept-models.js";
import { accuracyOf, type Accuracy, type Pair } from "./metrics.js";
import { calibratedSum, sumOfKernels, sumOfRegressions } from "./regression-sums.js";
import type { Split } from "./splits.js";

/** Accuracy of one predictor; null: it could not be run here. */
export interface Result {
  readonly predictor: string;
  readonly accuracy: Accuracy | null;
  /** What the accuracy is of, for figures. */
  readonly pairs?: readonly Pair[];
}

export interface Setting {
  readonly tf: Tf;
  readonly corpus: Corpus;
  readonly seed: number;
  readonly log: (message: string) => void;
  /** Of factors that several sections train, or a run that was ended. */
  readonly keep?: FactorsKeeper;
}

export interface Bench extends Setting {
  /** Fitted on the sweep alone. */
  readonly kernelLatency: KernelLatencyModel;
  /** The paper's models of earlier runs: they depend on no setting of what ships, and are a third of what a split takes. */
  readonly keptPapers?: KeptModels<PaperModel>;
}

/** What tables call the predictor that ships for such a corpus. */
export const chosenName = (corpus: Pick<Corpus, "profiled">): string => `tempograph (${methodOf(corpus).name})`;
const PAPER = "the paper's head, as published";
const PAPER_AWARE = "the paper's head, engine-aware";
const REGRESSIONS = "sum of the paper's regressions, scaled";
const KERNELS = "sum of engine-aware kernels, scaled";
const TREES = "boosted trees on totals";

/** Trained predictors of one split. */
export interface Trained {
  readonly chosen: LatencyPredictor;
  readonly papers: readonly { readonly name: string; readonly predictor: LatencyPredictor }[];
}

/** Trains on idle rows alone: the chosen predictor without its slowdown, and the paper's as published. */
export async function trainIdleOnly(bench: Bench, split: Split): Promise<Trained> {
  const { tf, corpus, seed, log, keep } = bench;
  const options = { seed, onProgress: log, keep };
  const chosen = await methodOf(corpus).trainIdle(tf, corpus, split, options);
  const states = { distribution: fitStateDistribution([]), idle: new Float32Array(STATE_FEATURE_NAMES.length) };
  const known: Corpus = { ...corpus, loaded: [] };
  const published = await paperOf(bench, known, split, "as published", () => trainPaperCandidate(tf, known, "as published", bench.kernelLatency, states, split, options));
  return { chosen, papers: [{ name: PAPER, predictor: published }] };
}

/** Trains the chosen predictor and the paper's on a split; `excluded` load states train nothing. */
export async function trainUnderLoad(bench: Bench, split: Split, excluded: ReadonlySet<string> = new Set()): Promise<Trained> {
  const { tf, corpus, seed, log, keep } = bench;
  const options = { seed, onProgress: log, keep };
  const known: Corpus = { ...corpus, loaded: corpus.loaded.filter(({ stateName }) => !excluded.has(stateName)) };
  const { predictor: chosen, states, kernelLatency: learned } = await methodOf(corpus).train(tf, known, split, options);
  const kernelLatency = learned ?? (await trainKernels(tf, corpus, split, options));
  const paper = (source: PaperSource["kind"]): Promise<LatencyPredictor> =>
    paperOf(bench, known, split, source, () => trainPaperCandidate(tf, known, source, kernelLatency, states, split, options));
  const published = await paper("as published");
  const aware = await paper("engine-aware");
  return {
    chosen,
    papers: [
      { name: PAPER, predictor: published },
      { name: PAPER_AWARE, predictor: aware },
    ],
  };
}

async function paperOf({ tf, seed, keptPapers }: Bench, known: Corpus, split: Split, source: PaperSource["kind"], train: () => Promise<PaperModel>): Promise<LatencyPredictor> {
  const key = [corpusRows(known), [...split.training], [...split.validation], source, seed, tf.getBackend()];
  return new PaperPredictor(null, await (keptPapers?.model(key, train) ?? train()));
}

/** All predictors on idle rows of the split's test models. */
export function idleResults(bench: Bench, split: Split, { chosen, papers }: Trained): Result[] {
  const { corpus } = bench;
  const { idle: test } = rowsOf(corpus, split.test);
  const { idle: training } = rowsOf(corpus, split.training);
  const regression = fitConvolutionRegression(corpus.convolutions);
  const kernels = new KernelLatencyPredictor(null, bench.kernelLatency);
  const table = (examples: readonly IdleExample[]) => examples.map((e) => ({ features: e.features, state: {}, latencyUs: e.latencyUs }));
  return [
    resultOf(chosenName(corpus), idlePairs(chosen, test)),
    ...papers.map(({ name, predictor }) => resultOf(name, idlePairs(predictor, test))),
    resultOf(KERNELS, calibratedSum((f) => sumOfKernels(kernels, f), training, test)),
    resultOf(REGRESSIONS, calibratedSum((f) => sumOfRegressions(regression, f), training, test)),
    resultOf(TREES, boostedTrees(table(training), table(test))),
  ];
}

/** All predictors that take a state, on loaded rows of test models in the states that `keep` names. */
export function loadedResults(
  bench: Bench,
  split: Split,
  { chosen, papers }: Trained,
  keep: (example: LoadedExample) => boolean = () => true,
  excluded: ReadonlySet<string> = new Set(),
): Result[] {
  const { corpus } = bench;
  const test = rowsOf(corpus, split.test).loaded.filter(keep);
  const { idle, loaded } = rowsOf(corpus, split.training);
  const training = [
    ...idle.map(({ features, latencyUs }) => ({ features, state: {}, latencyUs })),
    ...loaded.filter(({ stateName }) => !excluded.has(stateName)),
  ];
  return [
    resultOf(chosenName(corpus), loadedPairs(chosen, test)),
    ...papers.map(({ name, predictor }) => resultOf(name, loadedPairs(predictor, test))),
    resultOf(TREES, boostedTrees(training, test)),
  ];
}

export function idlePairs<E>(predictor: LatencyPredictor<E>, test: readonly IdleExample[]): Pair[] {
  const batch = new BatchPredictor(predictor);
  return test.map((example) => ({ predicted: batch.predict(example, {}), measured: example.latencyUs }));
}

export function loadedPairs<E>(predictor: LatencyPredictor<E>, test: readonly LoadedExample[]): Pair[] {
  const batch = new BatchPredictor(predictor);
  return test.map((example) => ({ predicted: batch.predict(example, example.state), measured: example.latencyUs }));
}

/** The slowdown alone: predicted over measured ratio of loaded to idle, so that idle errors play no part. */
export function slowdownPairs<E>(predictor: LatencyPredictor<E>, test: readonly LoadedExample[]): Pair[] {
  const batch = new BatchPredictor(predictor);
  return test.map((example) => ({
    predicted: batch.predict(example, example.state) / batch.predict(example, {}),
    measured: example.latencyUs / example.idleUs,
  }));
}

export function resultOf(predictor: string, pairs: readonly Pair[] | null): Result {
  return { predictor, accuracy: pairs === null ? null : accuracyOf(pairs), pairs: pairs ?? [] };
}
