import { type Domain, DomainJudge, fitDomain } from "../../predict/domain.js";
import { fitMixes, type Mixes } from "../../predict/mixes.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { type Method, trainingSplit } from "./method.js";
import { rowsOf } from "./pipeline.js";

/** What a predictor's training saw, as its artifact keeps it. */
export interface Seen {
  /** Every kernel of known cost, the sweep's and those of the training networks. */
  readonly domain: Domain;
  /** How those networks divide their work. */
  readonly mixes: Mixes;
}

/** Of what trains on a split. */
export function seenOf(corpus: Corpus, split: Split): Seen {
  const networks = rowsOf(corpus, split.training).idle.map(({ features }) => features.facts);
  const kernels = [...corpus.kernels.flatMap(({ features, kernel }) => features.facts[kernel] ?? []), ...networks.flat()];
  return { domain: fitDomain(kernels.filter(({ known }) => known)), mixes: fitMixes(networks) };
}

/** Tells how unlike a network is what a method trains on. */
export function seenJudge(corpus: Corpus, method: Method, split: Split): DomainJudge {
  const { domain, mixes } = seenOf(corpus, trainingSplit(method, split));
  return new DomainJudge(domain, mixes);
}
