import { describe, expect, it } from "vitest";
import { emptyCorpus } from "../../../test/helper/corpus.js";
import { SYNTHETIC_IDLE, syntheticFeatures } from "../../../test/helper/synthetic.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { sampleIdle } from "../dataset/row-samples.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import { BatchPredictor, borrowedRows, idleStatesOf, profiledKernels, rowsOf } from "./pipeline.js";

const features = syntheticFeatures(16, 1);
const idleExample = (id: string): IdleExample => ({ id, family: "synthetic", features, latencyUs: 1, kernelUs: null });
const loadedExample = (id: string): LoadedExample => ({
  ...idleExample(id),
  stateName: "s",
  state: SYNTHETIC_IDLE,
  readings: [SYNTHETIC_IDLE],
  idleUs: 1,
});

describe("the rows of some models", () => {
  it("are theirs alone, idle and loaded", () => {
    const corpus = emptyCorpus({ idle: ["a", "b"].map(idleExample), loaded: ["a", "b", "b"].map(loadedExample) });
    const { idle, loaded } = rowsOf(corpus, new Set(["b", "c"]));
    expect([idle, loaded].map((list) => list.map(({ id }) => id))).toEqual([["b"], ["b", "b"]]);
  });
});

describe("rows that are borrowed for the slowdown", () => {
  it("are of models that train, or that the corpus does not have", () => {
    const corpus = emptyCorpus({ idle: ["a", "b"].map(idleExample), further: [idleExample("c")], borrowed: ["a", "b", "c", "d"].map(loadedExample) });
    expect(borrowedRows(corpus, { training: new Set(["a"]) }).map(({ id }) => id)).toEqual(["a", "d"]);
  });
});

describe("the kernels of profiles", () => {
  it("add up to their model's label, without those that the profiler did not see", () => {
    const profiled = { ...idleExample("a"), latencyUs: 60, kernelUs: Float32Array.of(5, 0, 15) };
    expect(profiledKernels([idleExample("b"), profiled])).toEqual([
      { features, kernel: 0, latencyUs: 15 },
      { features, kernel: 2, latencyUs: 45 },
    ]);
  });
});

describe("idle states", () => {
  it("are complete readings around passes of those models", () => {
    const idlePasses = new Map([
      ["a", [sampleIdle({ state: SYNTHETIC_IDLE }), sampleIdle({ state: { utilization: 0.5 } })]],
      ["b", [sampleIdle()]],
    ]);
    expect(idleStatesOf(emptyCorpus({ idlePasses }), new Set(["a"]))).toEqual([SYNTHETIC_IDLE]);
  });
});

describe("a batch of predictions", () => {
  it("embeds each model once", () => {
    let embedded = 0;
    /** A FAKE predictor. */
    const counting: LatencyPredictor<number> = {
      embed: () => (embedded += 1),
      predict: (embedding, { utilization = 0 }) => ({ totalUs: embedding + utilization, kernelUs: new Float32Array() }),
      dispose: () => undefined,
    };
    const batch = new BatchPredictor(counting);
    const predictions = ["a", "b", "a"].map((id) => batch.predict(idleExample(id), { utilization: 0.5 }));
    expect(predictions).toEqual([1.5, 2.5, 1.5]);
    expect(embedded).toBe(2);
  });
});
