import { kindBase } from "../conv/kind-base.js";
import { blendedLatencyUs, FACTORS_SHARE, kindLatencies } from "../conv/kind-sums.js";
import { factorFeatures } from "../features/factor-features.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import type { ModelFeatures } from "../features/model-features.js";
import { type ConfigurationVector, type FactorsEmbedding, type FactorsPredictor, onBase } from "../model/factors.js";
import type { KernelLatencies, LatencyPredictor } from "../model/predictor.js";

/** What one configuration adds to the network that all of them share. */
export interface ConfigurationParts {
  readonly vectors: readonly ConfigurationVector[];
  /** See conv/kind-sums.ts: what the factors are relative to and blended with; null answers by factors on rough latencies. */
  readonly kindCosts: ArrayLike<number> | null;
}

export interface ConfigurationEmbedding {
  readonly factors: FactorsEmbedding;
  readonly logRoughUs: Float32Array;
  readonly facts: readonly KernelFacts[];
}

/**
 * One configuration of a factors model: its sum over kinds of kernel, moved most of the way to its factors. Embeddings are
 * the same for all configurations of the model.
 */
export class ConfigurationPredictor implements LatencyPredictor<ConfigurationEmbedding> {
  constructor(
    private readonly factors: FactorsPredictor,
    private readonly parts: ConfigurationParts,
  ) {}

  embed(features: ModelFeatures): ConfigurationEmbedding {
    const inputs = factorFeatures(features);
    return { factors: this.factors.embed(inputs), logRoughUs: inputs.logRoughUs, facts: features.facts };
  }

  /** Idle, at the frequency that was measured: what a state does is its target's affair. */
  predict({ factors, logRoughUs, facts }: ConfigurationEmbedding): KernelLatencies {
    const { vectors, kindCosts } = this.parts;
    if (kindCosts === null) return this.factors.predict(factors, vectors);
    const sum = kindLatencies(facts, kindCosts);
    return blend(this.factors.predict(onBase(factors, logRoughUs, kindBase(sum, logRoughUs)), vectors), sum);
  }

  /** Frees the network, which all configurations of the model share. */
  dispose(): void {
    this.factors.dispose();
  }
}

/** A kernel's share is the mean of those in both, weighted as the totals are. */
function blend(factors: KernelLatencies, sum: KernelLatencies): KernelLatencies {
  if (!(factors.totalUs > 0) || !(sum.totalUs > 0)) return factors;
  const totalUs = blendedLatencyUs(sum.totalUs, factors.totalUs);
  const [ofFactors, ofSum] = [(FACTORS_SHARE * totalUs) / factors.totalUs, ((1 - FACTORS_SHARE) * totalUs) / sum.totalUs];
  return { totalUs, kernelUs: factors.kernelUs.map((us, i) => us * ofFactors + (sum.kernelUs[i] ?? 0) * ofSum) };
}
