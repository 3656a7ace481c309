import type { LatencyPredictor } from "../../model/predictor.js";
import { DomainJudge } from "../../predict/domain.js";
import { conformalQuantile, OUT_OF_DISTRIBUTION_FACTOR, widening } from "../../predict/interval.js";
import { INTERVAL_COVERAGE } from "../train/calibrate.js";
import type { IdleExample } from "../train/examples.js";
import { methodOf, trainingSplit } from "../train/method.js";
import { rowsOf } from "../train/pipeline.js";
import { seenDomain } from "../train/seen-domain.js";
import type { Setting } from "./experiments.js";
import type { Table } from "./report.js";
import { spearman } from "./spearman.js";
import type { Split } from "./splits.js";

export interface Judged {
  readonly score: number;
  readonly flag: boolean;
  /** |log(measured / predicted)|. */
  readonly error: number;
}

/** Every example's out-of-distribution score beside its error, idle. */
export function judgeExamples<E>(predictor: LatencyPredictor<E>, domain: DomainJudge, examples: readonly IdleExample[]): Judged[] {
  return examples.map(({ features, latencyUs }) => {
    const { totalUs, kernelUs } = predictor.predict(predictor.embed(features), {});
    const { score, flag } = domain.judge(features.facts, kernelUs);
    return { score, flag, error: Math.abs(Math.log(latencyUs / totalUs)) };
  });
}

/**
 * Whether the score ranks errors, and how many latencies of models unlike the training data lie in intervals that were
 * calibrated on models like them: all of one width, and widened by the score.
 *
 * @param calibrating models like those that trained, which did not train what judged them
 */
export function trustTable(calibrating: readonly Judged[], test: readonly Judged[]): Table {
  const percent = (inside: (each: Judged) => boolean): string => ((100 * test.filter(inside).length) / test.length).toFixed(1);
  const intervals = (widened: (each: Judged) => number): string[] => {
    const half = conformalQuantile(calibrating.map((each) => each.error / widened(each)), INTERVAL_COVERAGE);
    const mean = test.reduce((sum, each) => sum + Math.exp(half * widened(each)) - 1, 0) / test.length;
    return [percent((each) => each.error <= half * widened(each)), (100 * mean).toFixed(1)];
  };
  return {
    head: ["Spearman of score and error", "flagged %", "in intervals of one width %", "half-width %", "in intervals by score %", "mean half-width %", "rows"],
    rows: [
      [
        spearman(test.map(({ score, error }) => ({ predicted: score, measured: error }))).toFixed(2),
        percent(({ flag }) => flag),
        ...intervals(() => 1),
        ...intervals(({ score }) => widening(score, OUT_OF_DISTRIBUTION_FACTOR)),
        String(test.length),
      ],
    ],
  };
}

/** The table of trust for a split whose families that test are unlike those that train, which calibrate the intervals. */
export async function trustInUnlike({ tf, corpus, seed, log }: Setting, split: Split, chosen: LatencyPredictor): Promise<Table> {
  const method = methodOf(corpus);
  const idle = (ids: ReadonlySet<string>) => rowsOf({ ...corpus, further: [] }, ids).idle;
  const judged = (predictor: LatencyPredictor, seen: Split, ids: ReadonlySet<string>) =>
    judgeExamples(predictor, new DomainJudge(seenDomain(corpus, seen)), idle(ids));
  const test = judged(chosen, trainingSplit(method, split), split.test);
  if (method.stopsEarly) return trustTable(judged(chosen, split, split.validation), test);
  // What validates has trained, so another predictor has to do without it.
  const without: Split = { ...split, validation: new Set() };
  const calibrating = await method.trainIdle(tf, corpus, without, { seed, onProgress: log });
  const table = trustTable(judged(calibrating, without, split.validation), test);
  calibrating.dispose();
  return table;
}
