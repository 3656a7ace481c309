import { modelFeatures, type ModelFeatures } from "../../features/model-features.js";
import type { Corpus } from "./corpus.js";

/**
 * A corpus that learns slowdowns from another's rows as well, of the same kind of machine with another engine, say. Their
 * networks are lowered by the corpus' rules; each counts once, by its mean state, where the corpus' own count by every reading.
 */
export function withSlowdownsOf(corpus: Corpus, other: Pick<Corpus, "loaded">): Corpus {
  const lowered = changing(({ graph }) => modelFeatures(graph, corpus.rules));
  return { ...corpus, borrowed: lowered(other.loaded).map((example) => ({ ...example, readings: [] })) };
}

/** The same rows with other features of their whole models; kernels and operators of the sweep stay as they are. */
export function mapFeatures(corpus: Corpus, change: (features: ModelFeatures) => ModelFeatures): Corpus {
  const changed = changing(change);
  return {
    ...corpus,
    sweep: changed(corpus.sweep),
    idle: changed(corpus.idle),
    further: changed(corpus.further),
    loaded: changed(corpus.loaded),
    borrowed: changed(corpus.borrowed),
  };
}

/** Examples with other features; those that share features still do. */
function changing(change: (features: ModelFeatures) => ModelFeatures): <E extends { readonly features: ModelFeatures }>(examples: readonly E[]) => E[] {
  const changed = new Map<ModelFeatures, ModelFeatures>();
  const again = (features: ModelFeatures): ModelFeatures => {
    const known = changed.get(features) ?? change(features);
    changed.set(features, known);
    return known;
  };
  return (examples) => examples.map((example) => ({ ...example, features: again(example.features) }));
}
