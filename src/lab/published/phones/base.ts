import { kindBase } from "../../../conv/kind-base.js";
import { kindLatencies } from "../../../conv/kind-sums.js";
import { type FactorsEmbedding, type FactorsPredictor, onBase } from "../../../model/factors.js";
import type { OperatorSums } from "./operator-sums.js";
import type { PhoneSample } from "./samples.js";

/** Logarithms of the kernels' latencies that the factors of the sample's configuration are relative to. */
function baseOf({ model, features, configuration }: PhoneSample, sums: OperatorSums): Float32Array {
  const costs = sums.costs(configuration.id);
  return costs === undefined ? features.logRoughUs : kindBase(kindLatencies(model.facts, costs), features.logRoughUs);
}

/** The samples to train factors on, relative to the sums. */
export function onSums(samples: readonly PhoneSample[], sums: OperatorSums): readonly PhoneSample[] {
  return samples.map((sample) => ({ ...sample, logBaseUs: baseOf(sample, sums) }));
}

/** Embeds samples relative to the sums; runs the network once for each graph. */
export function embedderOnSums(predictor: FactorsPredictor, sums: OperatorSums): (sample: PhoneSample) => FactorsEmbedding {
  const kept = new Map<string, FactorsEmbedding>();
  return (sample) => {
    const { graphId, features } = sample;
    const embedding = kept.get(graphId) ?? predictor.embed(features);
    kept.set(graphId, embedding);
    return onBase(embedding, features.logRoughUs, baseOf(sample, sums));
  };
}
