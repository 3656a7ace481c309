import type { KernelFacts } from "../../features/kernel-facts.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { rowsOf } from "./pipeline.js";

/** Every kernel of known cost that a predictor trained on a split has seen: the sweep's and those of the training models. */
export function seenKernels(corpus: Corpus, split: Split): KernelFacts[] {
  return [
    ...corpus.kernels.flatMap(({ features, kernel }) => features.facts[kernel] ?? []),
    ...rowsOf(corpus, split.training).idle.flatMap(({ features }) => features.facts),
  ].filter(({ known }) => known);
}
