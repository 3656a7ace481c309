import type { LatencyPredictor } from "../../model/predictor.js";
import type { DomainJudge } from "../../predict/domain.js";
import { widening } from "../../predict/interval.js";
import { mean } from "../dataset/statistics.js";
import { halfWidthFor, idleOf, type Residual, unlikeFactor } from "../train/calibrate.js";
import { type CrossResiduals, crossResiduals } from "../train/cross-fit.js";
import type { IdleExample } from "../train/examples.js";
import { keptFolds } from "../train/kept-folds.js";
import { methodOf } from "../train/method.js";
import { rowsOf } from "../train/pipeline.js";
import { seenJudge } from "../train/seen-domain.js";
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

/** What intervals are made from: residuals of idle models that did not train what predicted them. */
export interface Calibrating {
  /** Their families did. */
  readonly like: readonly Residual[];
  /** Nor did their families. */
  readonly unlike: readonly Residual[];
}

/** What intervals of such residuals come to on models that test. */
function heldBy({ like, unlike }: Calibrating, test: readonly Judged[], factor = unlikeFactor(like, unlike)): { readonly inside: number; readonly halfWidth: number }[] {
  const half = halfWidthFor(like, factor);
  return test.map(({ score, error }) => {
    const halfWidth = half * widening(score, factor);
    return { inside: error <= halfWidth ? 1 : 0, halfWidth: Math.exp(halfWidth) - 1 };
  });
}

const percent = (values: readonly number[]): string => (100 * mean(values)).toFixed(1);

/**
 * Whether the score ranks errors, and how many latencies of models unlike the training data lie in intervals that were
 * calibrated on those: all of one width, and widened by the score.
 */
export function trustTable(calibrating: Calibrating, test: readonly Judged[]): Table {
  const cells = (held: ReturnType<typeof heldBy>): string[] => [percent(held.map(({ inside }) => inside)), percent(held.map(({ halfWidth }) => halfWidth))];
  return {
    head: ["Spearman of score and error", "flagged %", "in intervals of one width %", "half-width %", "in intervals by score %", "mean half-width %", "rows"],
    rows: [
      [
        spearman(test.map(({ score, error }) => ({ predicted: score, measured: error }))).toFixed(2),
        percent(test.map(({ flag }) => (flag ? 1 : 0))),
        ...cells(heldBy(calibrating, test, 1)),
        ...cells(heldBy(calibrating, test)),
        String(test.length),
      ],
    ],
  };
}

/** A family that trained nothing, and what its intervals are made from: nothing of its own. */
export interface LeftOut extends Calibrating {
  readonly name: string;
  readonly test: readonly Judged[];
}

/** How many latencies of each family lie in its intervals, and of all together. */
export function leftOutTable(families: readonly LeftOut[]): Table {
  const held = families.map((family) => ({ name: family.name, test: family.test, of: heldBy(family, family.test) }));
  const all = { name: "all", test: held.flatMap(({ test }) => test), of: held.flatMap(({ of }) => of) };
  return {
    head: ["family left out", "in intervals asked at 90 %", "mean half-width %", "mean score", "rows"],
    rows: [...held, all].map(({ name, test, of }) => [
      name,
      percent(of.map(({ inside }) => inside)),
      percent(of.map(({ halfWidth }) => halfWidth)),
      mean(test.map(({ score }) => score)).toFixed(2),
      String(test.length),
    ]),
  };
}

/** Residuals of the models that a split lets train, from folds that are kept. */
export function keptResiduals({ tf, corpus, seed, log, keep }: Setting, split: Split): Promise<CrossResiduals> {
  const method = methodOf(corpus);
  return crossResiduals(tf, corpus, split, method, { seed, onProgress: log, keep }, keptFolds(tf, corpus, split, method, seed));
}

/** Those of idle models. */
export async function calibratingOf(setting: Setting, split: Split): Promise<Calibrating> {
  const { like, unlike } = await keptResiduals(setting, split);
  return { like: idleOf(like), unlike };
}

/** Every model that a split tests, judged by a predictor that it did not train, idle. */
export function judgeUnseen({ corpus }: Pick<Setting, "corpus">, split: Split, chosen: LatencyPredictor): Judged[] {
  return judgeExamples(chosen, seenJudge(corpus, methodOf(corpus), split), rowsOf({ ...corpus, further: [] }, split.test).idle);
}
