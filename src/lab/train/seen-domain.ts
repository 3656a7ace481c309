import { type Domain, fitDomain } from "../../predict/domain.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { rowsOf } from "./pipeline.js";

/** The domain of a predictor trained on a split: every kernel of known cost, the sweep's and those of the training models. */
export function seenDomain(corpus: Corpus, split: Split): Domain {
  const kernels = [
    ...corpus.kernels.flatMap(({ features, kernel }) => features.facts[kernel] ?? []),
    ...rowsOf(corpus, split.training).idle.flatMap(({ features }) => features.facts),
  ];
  return fitDomain(kernels.filter(({ known }) => known));
}
