import type { Corpus } from "../train/corpus.js";
import { methodOf, trainingSplit } from "../train/method.js";
import { rowsOf } from "../train/pipeline.js";
import { countFigure } from "./accuracy-figures.js";
import { chosenName, idlePairs, loadedPairs, type Setting } from "./experiments.js";
import { accuracyOf, type Accuracy } from "./metrics.js";
import type { Section } from "./report.js";
import { nestedShare, splitOf } from "./splits.js";

const SHARES = [0.1, 0.25, 0.5, 1] as const;

/** What some of the networks that may train are worth. */
export interface CurvePoint {
  readonly networks: number;
  /** Passes and visits that the training networks' labels are made of. */
  readonly rows: number;
  readonly idle: Accuracy;
  readonly loaded: Accuracy;
  /** Of training, wall time. */
  readonly seconds: number;
  /** The most that the process held until then. */
  readonly memoryMiB: number;
}

/**
 * How errors fall with the number of networks that train, idle and under load; networks that test are always the same. Those
 * of the sweep all train.
 */
export async function curveSection(setting: Setting): Promise<Section[]> {
  const points: CurvePoint[] = [];
  for (const share of SHARES) {
    setting.log(`${100 * share} % of the networks`);
    points.push(await curvePoint(setting, share));
  }
  return [sectionOf(chosenName(setting.corpus), points)];
}

export function sectionOf(predictor: string, points: readonly CurvePoint[]): Section {
  const line = (name: string, value: (point: CurvePoint) => Accuracy) => ({
    name,
    points: points.map((point) => ({ x: point.networks, y: value(point).mapePercent })),
  });
  const lines = [line("idle", ({ idle }) => idle), line("under load", ({ loaded }) => loaded)];
  return {
    title: "How errors fall with data",
    text:
      `${predictor}, trained on some of the networks that may train, drawn at random (a smaller share within a larger one); the sweep trains ` +
      `whole, and the ${points[0]?.idle.rows ?? 0} test networks are the same each time. Rows: single passes and visits behind the labels.`,
    figures: [{ name: "learning-curve", figure: countFigure("Error by the number of networks that train", "networks that train", lines) }],
    tables: [
      {
        head: ["training networks", "rows", "idle ±10 %", "MAPE %", "under load ±10 %", "MAPE %", "training, s", "memory, MiB"],
        rows: points.map(({ networks, rows, idle, loaded, seconds, memoryMiB }) => [
          String(networks),
          String(rows),
          idle.within10Percent.toFixed(1),
          idle.mapePercent.toFixed(2),
          loaded.within10Percent.toFixed(1),
          loaded.mapePercent.toFixed(2),
          seconds.toFixed(0),
          memoryMiB.toFixed(0),
        ]),
      },
    ],
  };
}

/** Trains anew whatever was trained before: it tells how long that takes. */
async function curvePoint({ tf, corpus, seed, log }: Setting, share: number): Promise<CurvePoint> {
  const method = methodOf(corpus);
  const whole = trainingSplit(method, splitOf(corpus));
  const split = { ...whole, training: nestedShare([...whole.training], share) };
  const start = performance.now();
  const { predictor } = await method.train(tf, corpus, split, { seed, onProgress: log });
  const seconds = (performance.now() - start) / 1000;
  const { idle, loaded } = rowsOf(corpus, split.test);
  const point = {
    networks: split.training.size,
    rows: rowsBehind(corpus, split.training),
    idle: accuracyOf(idlePairs(predictor, idle)),
    loaded: accuracyOf(loadedPairs(predictor, loaded)),
    seconds,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  };
  predictor.dispose();
  return point;
}

function rowsBehind({ idlePasses, visits }: Pick<Corpus, "idlePasses" | "visits">, ids: ReadonlySet<string>): number {
  const lists = [...idlePasses.values(), ...visits.values()];
  return lists.flat().filter(({ id }) => ids.has(id)).length;
}
