import type { HardwareState } from "../../features/state.js";
import { type AdditiveModel, type IdleModel, IdlePredictor } from "../../model/additive.js";
import type { Tf } from "../../model/backend.js";
import type { KernelLatencyModel } from "../../model/kernel-latency.js";
import type { KernelLatencies, LatencyPredictor } from "../../model/predictor.js";
import type { SlowdownModel } from "../../model/slowdown.js";
import type { IdleSource } from "../../model/slowed.js";
import { INTERVAL_FIELDS } from "../../predict/interval.js";
import type { Split } from "../evaluate/splits.js";
import { ADDITIVE_TRAINING, trainAdditive } from "./additive.js";
import type { Corpus } from "./corpus.js";
import type { IdleExample, KernelExample, LoadedExample } from "./examples.js";
import type { FactorsKeeper } from "./factors.js";
import { KERNEL_TRAINING, trainKernelLatency } from "./kernel-latency.js";
import { SLOWDOWN_TRAINING, trainSlowdown } from "./slowdown.js";

/** The rows of a corpus that belong to some models, those of `further` among the idle ones. */
export interface Rows {
  readonly idle: readonly IdleExample[];
  readonly loaded: readonly LoadedExample[];
}

export function rowsOf(corpus: Pick<Corpus, "idle" | "further" | "loaded">, ids: ReadonlySet<string>): Rows {
  return {
    idle: [...corpus.idle, ...corpus.further].filter(({ id }) => ids.has(id)),
    loaded: corpus.loaded.filter(({ id }) => ids.has(id)),
  };
}

/** Complete states read around idle passes of these models: what "idle" looks like on the machine. */
export function idleStatesOf(corpus: Corpus, ids: ReadonlySet<string>): HardwareState[] {
  const states = [...corpus.idlePasses].flatMap(([id, passes]) => (ids.has(id) ? passes.map(({ state }) => state) : []));
  return states.filter((state) => INTERVAL_FIELDS.every((field) => state[field] !== undefined));
}

export interface AdditiveOptions {
  readonly seed: number;
  readonly onProgress?: (message: string) => void;
  /** Of what is trained by factors. */
  readonly keep?: FactorsKeeper | undefined;
}

/**
 * The kernels of the models' profiles, each model's scaled so that they add up to its label: the profile is one pass,
 * the label is many.
 */
export function profiledKernels(idle: readonly IdleExample[]): KernelExample[] {
  return idle.flatMap(({ features, kernelUs, latencyUs }) => {
    if (kernelUs === null) return [];
    const scale = latencyUs / kernelUs.reduce((sum, us) => sum + us, 0);
    return [...kernelUs].flatMap((us, kernel) => (us > 0 ? [{ features, kernel, latencyUs: us * scale }] : []));
  });
}

/** Kernel latencies from the sweep and from the profiles of a split's training models, where memory is less at hand. */
export function trainKernels(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions): Promise<KernelLatencyModel> {
  const profiled = profiledKernels(rowsOf(corpus, split.training).idle);
  return trainKernelLatency(tf, corpus.kernels, profiled, { ...KERNEL_TRAINING, ...options });
}

/** The idle part of the additive predictor, trained on a split's training rows. */
export function trainIdleModel(
  tf: Tf,
  corpus: Corpus,
  kernelLatency: KernelLatencyModel,
  split: Split,
  { seed, onProgress = () => undefined }: AdditiveOptions,
): Promise<IdleModel> {
  const training = rowsOf(corpus, split.training);
  const validation = rowsOf(corpus, split.validation);
  return trainAdditive(tf, kernelLatency, training.idle, validation.idle, { ...ADDITIVE_TRAINING, seed, onProgress });
}

/** Borrowed rows that may train on a split: those of models that train, and of models that the corpus does not have. */
export function borrowedRows({ borrowed, idle, further }: Pick<Corpus, "borrowed" | "idle" | "further">, { training }: Pick<Split, "training">): readonly LoadedExample[] {
  const own = new Set([...idle, ...further].map(({ id }) => id));
  return borrowed.filter(({ id }) => training.has(id) || !own.has(id));
}

/** The slowdown of idle predictions, trained on a split's loaded rows and on borrowed ones; `exclude` names states to leave out. */
export function trainSlowdownOf(
  tf: Tf,
  corpus: Corpus,
  idle: IdleSource,
  split: Split,
  { seed, onProgress = () => undefined }: AdditiveOptions,
  exclude: ReadonlySet<string> = new Set(),
): Promise<SlowdownModel> {
  const included = ({ stateName }: LoadedExample): boolean => !exclude.has(stateName);
  return trainSlowdown(
    tf,
    idle,
    [...rowsOf(corpus, split.training).loaded, ...borrowedRows(corpus, split)].filter(included),
    rowsOf(corpus, split.validation).loaded.filter(included),
    idleStatesOf(corpus, split.training),
    { ...SLOWDOWN_TRAINING, seed, onProgress },
  );
}

/** An idle model with the slowdown of its predictions. */
export async function trainWithSlowdown(
  tf: Tf,
  corpus: Corpus,
  idleModel: IdleModel,
  split: Split,
  options: AdditiveOptions,
  exclude?: ReadonlySet<string>,
): Promise<AdditiveModel> {
  return { ...idleModel, slowdown: await trainSlowdownOf(tf, corpus, new IdlePredictor(null, idleModel), split, options, exclude) };
}

/** Predictions for whole examples, each model embedded once. */
export class BatchPredictor<Embedding> {
  private readonly embeddings = new Map<string, Embedding>();

  constructor(private readonly predictor: LatencyPredictor<Embedding>) {}

  /** Microseconds. */
  predict(example: Pick<IdleExample, "id" | "features">, state: HardwareState): number {
    return this.latencies(example, state).totalUs;
  }

  /** The same by kernel. */
  latencies({ id, features }: Pick<IdleExample, "id" | "features">, state: HardwareState): KernelLatencies {
    const embedding = this.embeddings.get(id) ?? this.predictor.embed(features);
    this.embeddings.set(id, embedding);
    return this.predictor.predict(embedding, state);
  }
}
