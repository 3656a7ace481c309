import { factorFeatures } from "../features/factor-features.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { HardwareState } from "../features/state.js";
import type { ConfigurationVector, FactorsEmbedding, FactorsPredictor } from "../model/factors.js";
import type { KernelLatencies, LatencyPredictor } from "../model/predictor.js";
import { frequencyEffect } from "./frequency.js";

/** One configuration of a factors model; embeddings are the same for all configurations of the model. */
export class ConfigurationPredictor implements LatencyPredictor<FactorsEmbedding> {
  /** @param maxMHz frequency of its cores when it was measured; null where it has none or several */
  constructor(
    private readonly factors: FactorsPredictor,
    private readonly vectors: readonly ConfigurationVector[],
    private readonly maxMHz: number | null,
  ) {}

  embed(features: ModelFeatures): FactorsEmbedding {
    return this.factors.embed(factorFeatures(features));
  }

  predict(embedding: FactorsEmbedding, state: HardwareState): KernelLatencies {
    const { totalUs, kernelUs } = this.factors.predict(embedding, this.vectors);
    const { factor } = frequencyEffect(state, this.maxMHz);
    return factor === 1 ? { totalUs, kernelUs } : { totalUs: totalUs * factor, kernelUs: kernelUs.map((us) => us * factor) };
  }

  /** Frees the network, which all configurations of the model share. */
  dispose(): void {
    this.factors.dispose();
  }
}
