import { kindLatencies } from "../../../conv/kind-sums.js";
import { type Domain, DomainJudge, fitDomain } from "../../../predict/domain.js";
import { fitOperatorSums } from "./baselines.js";
import type { HeldOut } from "./cross-validate.js";
import type { PhoneSample } from "./samples.js";
import type { Turn } from "./turns.js";

/** A prediction, and how unlike those that trained the network's kernels are (see predict/domain.ts). */
export interface Scored extends HeldOut {
  readonly score: number;
  readonly flagged: boolean;
}

/** Kernels that trained. */
export function domainOf(samples: readonly PhoneSample[]): Domain {
  const models = new Set(samples.map(({ model }) => model));
  return fitDomain([...models].flatMap(({ facts }) => facts.filter(({ known }) => known)));
}

/** Adds the scores, each by what its turn knew; kernels weigh by their latencies in the sums over kinds. */
export function scored(rows: readonly HeldOut[], turns: readonly Turn[]): readonly Scored[] {
  const keyOf = (fold: string, model: string, configuration: string): string => JSON.stringify([fold, model, configuration]);
  const scores = new Map<string, Pick<Scored, "score" | "flagged">>();
  for (const { fold, known, runs, test } of turns) {
    const judge = new DomainJudge(domainOf(known));
    const sums = fitOperatorSums([...known, ...runs]);
    for (const { row, configuration, model } of test) {
      const { kernelUs } = kindLatencies(model.facts, sums.costs(configuration.id) ?? []);
      const { score, flag } = judge.judge(model.facts, kernelUs);
      scores.set(keyOf(fold, row.model, configuration.id), { score, flagged: flag });
    }
  }
  return rows.map((row) => {
    const found = scores.get(keyOf(row.fold, row.model, row.configuration));
    if (found === undefined) throw new RangeError(`No turn tests ${row.model} on ${row.configuration}.`);
    return { ...row, ...found };
  });
}
