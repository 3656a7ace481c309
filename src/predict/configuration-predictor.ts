import { blendedLatencyUs, kindLatencies } from "../conv/kind-sums.js";
import { factorFeatures } from "../features/factor-features.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { HardwareState } from "../features/state.js";
import type { ConfigurationVector, FactorsEmbedding, FactorsPredictor } from "../model/factors.js";
import type { KernelLatencies, LatencyPredictor } from "../model/predictor.js";
import type { CarriedSlowdown } from "./carried-slowdown.js";
import { frequencyEffect } from "./frequency.js";

/** What one configuration adds to the network that all of them share. */
export interface ConfigurationParts {
  readonly vectors: readonly ConfigurationVector[];
  /** Frequency of its cores when it was measured; null where it has none or several. */
  readonly maxMHz: number | null;
  /** Slowdown of a machine that was measured under load; null where no load of the processor matters. */
  readonly carried: CarriedSlowdown | null;
  /** See conv/kind-sums.ts; null answers by factors alone. */
  readonly kindCosts: ArrayLike<number> | null;
}

export interface ConfigurationEmbedding {
  readonly factors: FactorsEmbedding;
  readonly facts: readonly KernelFacts[];
}

/**
 * One configuration of a factors model: its sum over kinds of kernel, moved half the way to its factors. Embeddings are
 * the same for all configurations of the model.
 */
export class ConfigurationPredictor implements LatencyPredictor<ConfigurationEmbedding> {
  constructor(
    private readonly factors: FactorsPredictor,
    private readonly parts: ConfigurationParts,
  ) {}

  embed(features: ModelFeatures): ConfigurationEmbedding {
    return { factors: this.factors.embed(factorFeatures(features)), facts: features.facts };
  }

  predict({ factors, facts }: ConfigurationEmbedding, state: HardwareState): KernelLatencies {
    const { vectors, maxMHz, carried, kindCosts } = this.parts;
    const byFactors = this.factors.predict(factors, vectors);
    const latency = kindCosts === null ? byFactors : blend(byFactors, kindLatencies(facts, kindCosts));
    const factor = frequencyEffect(state, maxMHz).factor * (carried?.effect(state).factor ?? 1);
    return { totalUs: latency.totalUs * factor, kernelUs: latency.kernelUs.map((us) => us * factor) };
  }

  /** Frees the network, which all configurations of the model share. */
  dispose(): void {
    this.factors.dispose();
  }
}

/** A kernel gets the mean of its shares in both. */
function blend(factors: KernelLatencies, sum: KernelLatencies): KernelLatencies {
  if (!(factors.totalUs > 0) || !(sum.totalUs > 0)) return factors;
  const totalUs = blendedLatencyUs(sum.totalUs, factors.totalUs);
  const [ofFactors, ofSum] = [totalUs / (2 * factors.totalUs), totalUs / (2 * sum.totalUs)];
  return { totalUs, kernelUs: factors.kernelUs.map((us, i) => us * ofFactors + (sum.kernelUs[i] ?? 0) * ofSum) };
}
