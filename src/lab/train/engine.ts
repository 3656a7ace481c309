import { BLOCKED_SCHEMA, ENGINE_SCHEMA, type FactorSchema } from "../../features/factor-features.js";
import type { LoweredEngine } from "../../graph/kernels/rules/engines.js";
import type { Tf } from "../../model/backend.js";
import { type EngineFactors, type EngineModel, engineFeatures, IdleEnginePredictor, NETWORK } from "../../model/engine.js";
import type { Configuration } from "../../model/factors.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import type { IdleExample, SweepExample } from "./examples.js";
import type { FactorPart, FactorSample } from "./factor-sample.js";
import { FACTORS_TRAINING, type FactorsTrainingOptions, trainFactors } from "./factors.js";
import { fitKernelCosts } from "./kernel-costs.js";
import { profiledKernels, rowsOf, trainSlowdownOf } from "./pipeline.js";

export interface EngineTrainingOptions extends FactorsTrainingOptions {
  /** How many times a network counts for every time that a model of the sweep does. */
  readonly networkWeight: number;
  /** What describes a kernel. */
  readonly schema: FactorSchema;
  /** Whether factors are relative to what the sweep says that each class of kernel takes, not to rough latencies. */
  readonly costsOfSweep: boolean;
}

/** Found on folds of the models of recorded datasets that may train. */
export const ENGINE_TRAINING: EngineTrainingOptions = {
  ...FACTORS_TRAINING,
  members: 3,
  rank: 4,
  hidden: [96, 96],
  epochs: 20,
  // Models of the sweep have few kernels each, networks dozens. A third of this is no better and takes thrice as long.
  // Twice as many batches as of any recorded dataset: where there are more rows than were ever measured, an epoch is not all of them.
  batchSize: { kernels: 900, batches: 500 },
  learningRate: 5e-3,
  inputNoise: 0.1,
  ownPenalty: 1,
  scaleFlags: false,
  networkWeight: 2,
  partWeight: 1,
  schema: ENGINE_SCHEMA,
  costsOfSweep: true,
};

/** Against knowing by heart the families that trained. */
const PENALISED: Partial<EngineTrainingOptions> = { epochs: 40, weightPenalty: 3e-4 };

/** The same where the engine's profiler names every kernel, in its blocked layouts. */
export const PROFILED_TRAINING: EngineTrainingOptions = { ...ENGINE_TRAINING, schema: BLOCKED_SCHEMA, ...PENALISED, costsOfSweep: false };

/** What an engine wants otherwise, by what it made of families left out of its networks that may train: 0039 has the figures. */
const BY_ENGINE: Partial<Record<LoweredEngine, Partial<EngineTrainingOptions>>> = {
  mnn: PENALISED,
  ncnn: { ...PENALISED, costsOfSweep: false },
};

/** What a corpus trains with: `base`, which follows from whether its kernels are profiled, as its engine wants it. */
export function trainingOf(
  { rules, profiled }: Pick<Corpus, "rules" | "profiled">,
  base: EngineTrainingOptions = profiled ? PROFILED_TRAINING : ENGINE_TRAINING,
): EngineTrainingOptions {
  return { ...base, ...BY_ENGINE[rules.engine] };
}

/** Both alike but for a part of their own, which is penalised: what a model of one operator teaches is to hold for networks. */
const AMONG_OTHERS: Configuration = { id: NETWORK, features: { any: 1 } };
const ALONE: Configuration = { id: "alone", features: { any: 1 } };
/** Networks of one recording of another day: what the machine's neighbours made of all of them is not the machine's. */
const besideBy = (recording: string): Configuration => ({ id: `beside: ${recording}`, features: { any: 1 } });

/** Factors of an engine's kernels from its sweep and from a split's training networks, idle. */
export async function trainEngineFactors(
  tf: Tf,
  corpus: Pick<Corpus, "sweep" | "idle" | "further" | "loaded">,
  split: Split,
  options: EngineTrainingOptions = ENGINE_TRAINING,
): Promise<EngineFactors> {
  const { schema } = options;
  const costs = options.costsOfSweep && corpus.sweep.length > 0 ? fitKernelCosts(corpus.sweep, schema) : null;
  const sample = ({ id, features, latencyUs }: SweepExample, configuration: Configuration): FactorSample => {
    const { logBaseUs, ...kernels } = engineFeatures(features, { schema, costs });
    return { graphId: id, family: "", features: kernels, logBaseUs, configuration, latencyUs };
  };
  const alone = corpus.sweep.map((example) => sample(example, ALONE));
  const networks = rowsOf(corpus, split.training).idle.map((example) => ({
    ...sample(example, example.recording === undefined ? AMONG_OTHERS : besideBy(example.recording)),
    parts: partsOf(example),
  }));
  const repeated = Array.from({ length: options.networkWeight }, (_, time) =>
    networks.map((network) => ({ ...network, graphId: `${network.graphId}, time ${time + 1}` })),
  );
  return { schema, costs, factors: await trainFactors(tf, [...alone, ...repeated.flat()], options) };
}

/** What is known of a network's kernels: of each where its profile names them, else of those that parts say. */
function partsOf(example: IdleExample): readonly FactorPart[] {
  if (example.parts !== undefined) return example.parts;
  const { facts } = example.features;
  return profiledKernels([example]).flatMap(({ kernel, latencyUs }) => (facts[kernel]?.known === true ? [{ kernels: [kernel], latencyUs }] : []));
}

/** Nothing stops this training early: models that validate may train as well, once nothing is chosen by them any more. */
export function allTraining({ test, training, validation }: Split): Split {
  return { test, training: new Set([...training, ...validation]), validation: new Set() };
}

/** The whole predictor, trained on a split's training rows; `exclude` names states to leave out. */
export async function trainEngine(
  tf: Tf,
  corpus: Corpus,
  split: Split,
  options: EngineTrainingOptions,
  exclude?: ReadonlySet<string>,
): Promise<EngineModel> {
  const idle = await trainEngineFactors(tf, corpus, split, options);
  const slowdown = await trainSlowdownOf(tf, corpus, new IdleEnginePredictor(null, idle), split, options, exclude);
  return { ...idle, slowdown };
}
