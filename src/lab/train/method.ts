import { featureSchemaHash } from "../../features/schema.js";
import { AdditivePredictor, IdlePredictor } from "../../model/additive.js";
import { packAdditive } from "../../model/additive-artifact.js";
import type { Tf } from "../../model/backend.js";
import { EnginePredictor, IdleEnginePredictor } from "../../model/engine.js";
import { packEngine } from "../../model/engine-artifact.js";
import type { KernelLatencyModel } from "../../model/kernel-latency.js";
import type { ParamSet } from "../../model/params.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { SlowdownModel } from "../../model/slowdown.js";
import { type SlowedPredictor, withoutStates } from "../../model/slowed.js";
import { ADDITIVE, ENGINE, PROFILED } from "../../predict/recorded-target.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { allTraining, ENGINE_TRAINING, type EngineTrainingOptions, PROFILED_TRAINING, trainEngine, trainEngineFactors, trainingOf } from "./engine.js";
import { type AdditiveOptions, trainIdleModel, trainKernels, trainWithSlowdown } from "./pipeline.js";

/** A way to train a predictor of a recorded machine. */
export interface Method {
  /** Also the kind of the artifact. */
  readonly name: string;
  readonly featureSchemaHash: string;
  /** Whether validation models stop the training early; otherwise they train too, like all of a split that do not test. */
  readonly stopsEarly: boolean;
  /** On idle rows alone; the predictor knows no states. */
  trainIdle(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions): Promise<LatencyPredictor>;
  /** `exclude` names states that train nothing. */
  train(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions, exclude?: ReadonlySet<string>): Promise<TrainedPredictor>;
}

export interface TrainedPredictor {
  readonly predictor: SlowedPredictor;
  /** What it knows of states. */
  readonly states: Pick<SlowdownModel, "distribution" | "idle">;
  /** What it learned of kernels, where it needs that: baselines on the same split need not learn it again. */
  readonly kernelLatency: KernelLatencyModel | null;
  /** What an artifact keeps of it. */
  pack(): { readonly params: ParamSet; readonly record: object };
}

/** Kernels by their profiled latencies, corrected by what stands around them: see model/additive.ts. */
export const ADDITIVE_METHOD = {
  name: ADDITIVE,
  featureSchemaHash,
  stopsEarly: true,
  async trainIdle(tf, corpus, split, options) {
    const kernelLatency = await trainKernels(tf, corpus, split, options);
    return withoutStates(new IdlePredictor(null, await trainIdleModel(tf, corpus, kernelLatency, split, options)));
  },
  async train(tf, corpus, split, options, exclude?: ReadonlySet<string>) {
    const kernelLatency = await trainKernels(tf, corpus, split, options);
    const idleModel = await trainIdleModel(tf, corpus, kernelLatency, split, options);
    const model = await trainWithSlowdown(tf, corpus, idleModel, split, options, exclude);
    return { predictor: new AdditivePredictor(null, model), states: model.slowdown, kernelLatency, pack: () => packAdditive(model) };
  },
} satisfies Method;

/** Kernels by factors, from the sweep and whole networks: see model/engine.ts. */
function engineMethod(name: string, training: EngineTrainingOptions): Method {
  return {
    name,
    featureSchemaHash: training.schema.hash,
    stopsEarly: false,
    async trainIdle(tf, corpus, split, options) {
      return withoutStates(new IdleEnginePredictor(null, await trainEngineFactors(tf, corpus, allTraining(split), { ...trainingOf(corpus, training), ...options })));
    },
    async train(tf, corpus, split, options, exclude) {
      const model = await trainEngine(tf, corpus, allTraining(split), { ...trainingOf(corpus, training), ...options }, exclude);
      return { predictor: new EnginePredictor(null, model), states: model.slowdown, kernelLatency: null, pack: () => packEngine(model) };
    },
  };
}

export const ENGINE_METHOD = engineMethod(ENGINE, ENGINE_TRAINING);
/** The same where the engine's profiler names every kernel. */
export const PROFILED_METHOD = engineMethod(PROFILED, PROFILED_TRAINING);

/** Models of a split that a method trains on. */
export function trainingSplit({ stopsEarly }: Method, split: Split): Split {
  return stopsEarly ? split : allTraining(split);
}

/** The one for a corpus. */
export function methodOf({ profiled }: Pick<Corpus, "profiled">): Method {
  return profiled ? PROFILED_METHOD : ENGINE_METHOD;
}

/** The one whose artifacts are of this kind. @throws RangeError where no predictor of a recorded machine is of that kind */
export function methodOfKind(kind: string): Method {
  const method = [ADDITIVE_METHOD, ENGINE_METHOD, PROFILED_METHOD].find(({ name }) => name === kind);
  if (method === undefined) throw new RangeError(`no predictor of a recorded machine is of kind "${kind}"`);
  return method;
}
