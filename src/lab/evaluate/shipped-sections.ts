import { existsSync } from "node:fs";
import { basename } from "node:path";
import { loadTargets } from "../../predict/index.js";
import { TrainedTarget } from "../../predict/trained-target.js";
import type { Corpus } from "../train/corpus.js";
import { loadCorpus } from "../train/load-corpus.js";
import { rowsOf } from "../train/pipeline.js";
import { operatorFigure, predictProfiled, shareTable } from "./layer-shares.js";
import { newDeviceSection } from "./new-device.js";
import type { Section } from "./report.js";
import { splitOf } from "./splits.js";

/** The target of a folder of weights that was trained on `data`, else its default; null where it cannot be looked into. */
export async function shippedTarget(weights: string, data?: string): Promise<TrainedTarget | null> {
  const registry = await loadTargets(weights);
  const trainedOn = registry.list().find((info) => info.data === data);
  const target = registry.get(trainedOn?.target ?? registry.defaultTarget);
  return target instanceof TrainedTarget ? target : null;
}

/** The shipped predictor's layers against the engine's profiler, on test models. */
export async function shareSections(weights: string, corpus: Corpus): Promise<Section[]> {
  const target = await shippedTarget(weights, basename(corpus.folder));
  if (target === null) return [];
  const { idle } = rowsOf(corpus, splitOf(corpus).test);
  const models = predictProfiled(target.parts.predictor, idle);
  return [
    {
      title: "Where the time goes",
      text:
        "Each layer's share of a test model's latency, as the shipped predictor says and as the engine's profiler booked it in one " +
        "pass. Time on another layer: half the sum of the differences of shares.",
      figures: [{ name: "operators", figure: operatorFigure(models) }],
      tables: [shareTable(models)],
    },
  ];
}

/** The shipped predictor on another machine, from a few of its networks. */
export async function deviceSections(weights: string, folder: string): Promise<Section[]> {
  const target = existsSync(folder) ? await shippedTarget(weights) : null;
  return target === null ? [] : [newDeviceSection(target, await loadCorpus(folder))];
}
