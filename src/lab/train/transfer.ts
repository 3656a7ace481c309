import { modelFeatures } from "../../features/model-features.js";
import type { EngineRules } from "../../graph/kernels/lower.js";
import type { Tf } from "../../model/backend.js";
import { SlowdownPredictor } from "../../model/slowdown.js";
import { type IdleSource, SlowedPredictor } from "../../model/slowed.js";
import type { Split } from "../evaluate/splits.js";
import { type IntervalResiduals, slowdownResiduals } from "./calibrate.js";
import type { Corpus } from "./corpus.js";
import { mapFeatures } from "./corpus-changes.js";
import { type AdditiveOptions, rowsOf, trainSlowdownOf } from "./pipeline.js";

/** A corpus as a predictor of another machine sees it: the networks lowered by that machine's rules, without the sweep. */
export function loweredBy(corpus: Corpus, rules: EngineRules): Corpus {
  return { ...mapFeatures({ ...corpus, sweep: [] }, ({ graph }) => modelFeatures(graph, rules)), rules };
}

/** One machine's slowdown on another: which, and the residuals of models that did not train it. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly residuals: IntervalResiduals;
}

/**
 * How well slowdowns carry over between two machines, both ways: what one machine's training models teach, applied to the
 * other's models that do not train. Kernels' shares come from `idle` in both.
 */
export async function crossMachine(
  tf: Tf,
  idle: IdleSource,
  rules: EngineRules,
  machines: readonly { readonly corpus: Corpus; readonly split: Split }[],
  options: AdditiveOptions,
): Promise<Transfer[]> {
  const seen = machines.map(({ corpus, split }) => ({ corpus: loweredBy(corpus, rules), split }));
  const transfers: Transfer[] = [];
  for (const source of seen) {
    const slowdown = new SlowdownPredictor(null, await trainSlowdownOf(tf, source.corpus, idle, source.split, options));
    const slowed = new SlowedPredictor(idle, slowdown);
    for (const other of seen) {
      if (other === source) continue;
      const held = new Set([...other.split.test, ...other.split.validation].filter((id) => !source.split.training.has(id)));
      transfers.push({
        from: source.corpus.folder,
        to: other.corpus.folder,
        residuals: slowdownResiduals(slowed, rowsOf(other.corpus, held).loaded),
      });
    }
    slowdown.dispose();
  }
  return transfers;
}
