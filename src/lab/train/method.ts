import { AdditivePredictor, IdlePredictor } from "../../model/additive.js";
import type { Tf } from "../../model/backend.js";
import { EnginePredictor, IdleEnginePredictor } from "../../model/engine.js";
import type { KernelLatencyModel } from "../../model/kernel-latency.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { SlowdownModel } from "../../model/slowdown.js";
import { withoutStates } from "../../model/slowed.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { allTraining, ENGINE_TRAINING, trainEngine, trainEngineFactors } from "./engine.js";
import { type AdditiveOptions, trainIdleModel, trainKernels, trainWithSlowdown } from "./pipeline.js";

/** A way to train a predictor of a recorded machine. */
export interface Method {
  readonly name: string;
  /** On idle rows alone; the predictor knows no states. */
  trainIdle(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions): Promise<LatencyPredictor>;
  /** `exclude` names states that train nothing. */
  train(tf: Tf, corpus: Corpus, split: Split, options: AdditiveOptions, exclude?: ReadonlySet<string>): Promise<TrainedStates>;
}

export interface TrainedStates {
  readonly predictor: LatencyPredictor;
  /** What it knows of states. */
  readonly states: Pick<SlowdownModel, "distribution" | "idle">;
  /** What it learned of kernels, where it needs that: baselines on the same split need not learn it again. */
  readonly kernelLatency: KernelLatencyModel | null;
}

/** Kernels by their profiled latencies, corrected by what stands around them: see model/additive.ts. */
export const ADDITIVE_METHOD: Method = {
  name: "additive",
  async trainIdle(tf, corpus, split, options) {
    const kernelLatency = await trainKernels(tf, corpus, split, options);
    return withoutStates(new IdlePredictor(null, await trainIdleModel(tf, corpus, kernelLatency, split, options)));
  },
  async train(tf, corpus, split, options, exclude) {
    const kernelLatency = await trainKernels(tf, corpus, split, options);
    const idleModel = await trainIdleModel(tf, corpus, kernelLatency, split, options);
    const model = await trainWithSlowdown(tf, corpus, idleModel, split, options, exclude);
    return { predictor: new AdditivePredictor(null, model), states: model.slowdown, kernelLatency };
  },
};

/** Kernels by factors, from whole models alone: see model/engine.ts. Models that validate train, too. */
export const ENGINE_METHOD: Method = {
  name: "engine",
  async trainIdle(tf, corpus, split, options) {
    return withoutStates(new IdleEnginePredictor(null, await trainEngineFactors(tf, corpus, allTraining(split), { ...ENGINE_TRAINING, ...options })));
  },
  async train(tf, corpus, split, options, exclude) {
    const model = await trainEngine(tf, corpus, allTraining(split), options, exclude);
    return { predictor: new EnginePredictor(null, model), states: model.slowdown, kernelLatency: null };
  },
};

/** The one for a corpus: without a profile, nothing says what a kernel takes in a network. */
export function methodOf({ profiled }: Pick<Corpus, "profiled">): Method {
  return profiled ? ADDITIVE_METHOD : ENGINE_METHOD;
}
