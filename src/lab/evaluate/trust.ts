import type { LatencyPredictor } from "../../model/predictor.js";
import { type DomainRanges, judgeDomain } from "../../predict/domain.js";
import { conformalQuantile, IDLE_KEY } from "../../predict/interval.js";
import { INTERVAL_COVERAGE, intervalResiduals } from "../train/calibrate.js";
import type { IdleExample } from "../train/examples.js";
import type { Table } from "./report.js";
import { spearman } from "./spearman.js";

export interface Judged {
  readonly score: number;
  readonly flag: boolean;
  /** |log(measured / predicted)|. */
  readonly error: number;
}

/** Every example's out-of-distribution score beside its error, idle. */
export function judgeExamples<E>(predictor: LatencyPredictor<E>, domain: DomainRanges, examples: readonly IdleExample[]): Judged[] {
  return examples.map(({ features, latencyUs }) => {
    const { totalUs, kernelUs } = predictor.predict(predictor.embed(features), {});
    const { score, flag } = judgeDomain(domain, features.facts, kernelUs);
    return { score, flag, error: Math.abs(Math.log(latencyUs / totalUs)) };
  });
}

/**
 * Whether the score ranks errors, and how many latencies of models unlike the training data lie in intervals that were
 * calibrated on models like them, as they are and widened by `factor` where the flag is up.
 */
export function trustTable<E>(
  predictor: LatencyPredictor<E>,
  domain: DomainRanges,
  validation: readonly IdleExample[],
  test: readonly IdleExample[],
  factor: number,
): Table {
  const residuals = intervalResiduals(predictor, { idle: validation, loaded: [] }).get(IDLE_KEY) ?? [];
  const halfWidth = conformalQuantile(residuals, INTERVAL_COVERAGE);
  const judged = judgeExamples(predictor, domain, test);
  const percent = (inside: (each: Judged) => boolean): string => ((100 * judged.filter(inside).length) / judged.length).toFixed(1);
  return {
    head: ["Spearman of score and error", "flagged %", "in the interval %", "in the interval, wider where flagged %", "rows"],
    rows: [
      [
        spearman(judged.map(({ score, error }) => ({ predicted: score, measured: error }))).toFixed(2),
        percent(({ flag }) => flag),
        percent(({ error }) => error <= halfWidth),
        percent(({ error, flag }) => error <= halfWidth * (flag ? factor : 1)),
        String(judged.length),
      ],
    ],
  };
}
