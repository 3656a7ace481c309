import type { ModelFeatures } from "../features/model-features.js";
import type { HardwareState } from "../features/state.js";

/** A model's latency in one state, by kernel. */
export interface KernelLatencies {
  readonly totalUs: number;
  /** One per kernel of the lowered graph; their sum and what a run costs beside its kernels make the total. */
  readonly kernelUs: Float32Array;
}

/** What all trained predictors have in common: everything that does not depend on the state happens in embed. */
export interface LatencyPredictor<Embedding = unknown> {
  embed(features: ModelFeatures): Embedding;
  predict(embedding: Embedding, state: HardwareState): KernelLatencies;
  /** Frees the backend's copies of the weights. */
  dispose(): void;
}
