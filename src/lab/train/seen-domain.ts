import { type Domain, DomainJudge, fitDomain } from "../../predict/domain.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { type Method, trainingSplit } from "./method.js";
import { rowsOf } from "./pipeline.js";

/** The domain of a predictor trained on a split: every kernel of known cost, the sweep's and those of the training models. */
export function seenDomain(corpus: Corpus, split: Split): Domain {
  const kernels = [
    ...corpus.kernels.flatMap(({ features, kernel }) => features.facts[kernel] ?? []),
    ...rowsOf(corpus, split.training).idle.flatMap(({ features }) => features.facts),
  ];
  return fitDomain(kernels.filter(({ known }) => known));
}

/** Tells how unlike a network is what a method trains on. */
export function seenJudge(corpus: Corpus, method: Method, split: Split): DomainJudge {
  return new DomainJudge(seenDomain(corpus, trainingSplit(method, split)));
}
