import type { KernelClass } from "../../features/kernel-class.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import type { Figure } from "../figures/index.js";
import type { IdleExample } from "../train/examples.js";
import type { Table } from "./report.js";

const TOP = 3;

export interface ShareAgreement {
  /** Share of the time that the prediction books on another layer than the profiler: half the sum of share differences. */
  readonly misplaced: number;
  /** Share of the profiler's three slowest layers that are among the three slowest predicted. */
  readonly top: number;
  /** Whether the slowest layer is the same. */
  readonly slowest: boolean;
}

/** Shares of a model's time by layer, the node that a kernel belongs to; kernels without time are left out. */
function sharesByLayer({ kernelGraph }: ModelFeatures, us: Float32Array): ReadonlyMap<number, number> {
  const own = sharesOf(us);
  const shares = new Map<number, number>();
  for (const { id, owner } of kernelGraph.kernels) shares.set(owner, (shares.get(owner) ?? 0) + (own[id] ?? 0));
  return shares;
}

function slowest(shares: ReadonlyMap<number, number>, count: number): number[] {
  return [...shares].sort(([, a], [, b]) => b - a).slice(0, count).map(([layer]) => layer);
}

/** Predicted and profiled microseconds of a model's kernels, compared layer by layer. */
export function compareShares(features: ModelFeatures, predictedUs: Float32Array, profiledUs: Float32Array): ShareAgreement {
  const predicted = sharesByLayer(features, predictedUs);
  const profiled = sharesByLayer(features, profiledUs);
  const layers = new Set([...predicted.keys(), ...profiled.keys()]);
  const difference = [...layers].reduce((sum, layer) => sum + Math.abs((predicted.get(layer) ?? 0) - (profiled.get(layer) ?? 0)), 0);
  const top = slowest(profiled, TOP);
  const predictedTop = slowest(predicted, TOP);
  return {
    misplaced: difference / 2,
    top: top.filter((layer) => predictedTop.includes(layer)).length / top.length,
    slowest: predictedTop[0] === top[0],
  };
}

/** A model's kernels, predicted and profiled. */
export interface ProfiledPrediction {
  readonly family: string;
  readonly features: ModelFeatures;
  readonly predictedUs: Float32Array;
  readonly profiledUs: Float32Array;
}

/** Models with a profile that fits their kernels. */
export function predictProfiled<E>(predictor: LatencyPredictor<E>, examples: readonly IdleExample[]): readonly ProfiledPrediction[] {
  return examples.flatMap(({ family, features, kernelUs }) =>
    kernelUs === null ? [] : [{ family, features, predictedUs: predictor.predict(predictor.embed(features), {}).kernelUs, profiledUs: kernelUs }],
  );
}

/** One row a family, and all of them. */
export function shareTable(models: readonly ProfiledPrediction[]): Table {
  const compared = models.map(({ family, features, predictedUs, profiledUs }) => ({ family, ...compareShares(features, predictedUs, profiledUs) }));
  const row = (name: string, list: readonly ShareAgreement[]): string[] => {
    const percent = (value: (each: ShareAgreement) => number): string =>
      ((100 * list.reduce((sum, each) => sum + value(each), 0)) / list.length).toFixed(1);
    return [name, percent(({ misplaced }) => misplaced), percent(({ top }) => top), percent((each) => (each.slowest ? 1 : 0)), String(list.length)];
  };
  const families = [...new Set(compared.map(({ family }) => family))].sort();
  return {
    head: ["family", "time on another layer %", "three slowest found %", "slowest found %", "models"],
    rows: [row("all", compared), ...families.map((name) => row(name, compared.filter(({ family }) => family === name)))],
  };
}

/** Classes of kernels with less of the time than this are not drawn. */
const LEAST_SHARE = 0.002;

/** By class of kernel: how much of the time is its, and how much of that is booked wrongly. */
export function operatorFigure(models: readonly ProfiledPrediction[]): Figure {
  const sums = new Map<KernelClass, { time: number; off: number }>();
  for (const { features, predictedUs, profiledUs } of models) {
    const predicted = sharesOf(predictedUs);
    const profiled = sharesOf(profiledUs);
    features.facts.forEach(({ kernelClass }, row) => {
      const own = sums.get(kernelClass) ?? { time: 0, off: 0 };
      own.time += profiled[row] ?? 0;
      own.off += Math.abs((predicted[row] ?? 0) - (profiled[row] ?? 0));
      sums.set(kernelClass, own);
    });
  }
  const shown = [...sums].filter(([, { time }]) => time >= LEAST_SHARE * models.length).sort(([, a], [, b]) => b.time - a.time);
  return {
    title: "Errors by operator, test models",
    panels: [
      {
        kind: "bars",
        title: "Share of the time, by the profile",
        xLabel: "share of a model's time, %",
        parts: ["share of the time"],
        bars: shown.map(([name, { time }]) => ({ name, values: [(100 * time) / models.length] })),
      },
      {
        kind: "bars",
        title: "Booked wrongly by the prediction",
        xLabel: "of the operator's own time, %",
        parts: ["booked wrongly"],
        bars: shown.map(([name, { time, off }]) => ({ name, values: [(100 * off) / time] })),
      },
    ],
  };
}

function sharesOf(us: Float32Array): Float32Array {
  const total = us.reduce((sum, value) => sum + value, 0);
  return us.map((value) => value / total);
}
