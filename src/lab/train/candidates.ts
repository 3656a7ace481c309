import { fitConvolutionRegression } from "../../conv/regression.js";
import type { Tf } from "../../model/backend.js";
import type { KernelLatencyModel } from "../../model/kernel-latency.js";
import type { PaperModel, PaperSource } from "../../model/paper.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { accuracyOf, type Accuracy } from "../evaluate/metrics.js";
import type { Split } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { PAPER_TRAINING, trainPaper, type PaperExample } from "./paper.js";
import { BatchPredictor, rowsOf, type Rows } from "./pipeline.js";

/** Accuracy of one predictor on some rows, idle and loaded. */
export interface JudgedPredictor {
  readonly idle: Accuracy;
  readonly loaded: Accuracy;
}

/** Predicts every row; idle rows as an unstated state, loaded ones with their states. */
export function judge<E>(predictor: LatencyPredictor<E>, rows: Rows): JudgedPredictor {
  const batch = new BatchPredictor(predictor);
  return {
    idle: accuracyOf(rows.idle.map((e) => ({ predicted: batch.predict(e, {}), measured: e.latencyUs }))),
    loaded: accuracyOf(rows.loaded.map((e) => ({ predicted: batch.predict(e, e.state), measured: e.latencyUs }))),
  };
}

/** The paper's model, as published or with the engine-aware graph and c, on a split's idle and loaded rows. */
export function trainPaperCandidate(
  tf: Tf,
  corpus: Corpus,
  source: PaperSource["kind"],
  kernelLatency: KernelLatencyModel,
  states: PaperModel["states"],
  split: Split,
  options: { readonly seed: number; readonly onProgress?: (message: string) => void },
): Promise<PaperModel> {
  return trainPaper(
    tf,
    source === "as published"
      ? { kind: source, regression: fitConvolutionRegression(corpus.convolutions) }
      : { kind: source, kernelLatency },
    states,
    paperExamples(rowsOf(corpus, split.training)),
    paperExamples(rowsOf(corpus, split.validation)),
    { ...PAPER_TRAINING, ...options },
  );
}

/** A model's idle label and loaded labels as rows of one example. */
export function paperExamples({ idle, loaded }: Rows): PaperExample[] {
  const loadedById = new Map<string, PaperExample["rows"][number][]>();
  for (const { id, state, latencyUs } of loaded) {
    const row = { state, latencyUs };
    const list = loadedById.get(id);
    if (list) list.push(row);
    else loadedById.set(id, [row]);
  }
  return idle.map(({ id, features, latencyUs }) => ({
    features,
    rows: [{ state: {}, latencyUs }, ...(loadedById.get(id) ?? [])],
  }));
}
