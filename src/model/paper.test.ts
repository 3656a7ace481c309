import { beforeAll, describe, expect, it } from "vitest";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import {
  syntheticFamily,
  syntheticFeatures,
  syntheticKernelLatency,
  syntheticRegression,
  syntheticSlowdown,
  syntheticStates,
} from "../../test/helper/synthetic.js";
import type { ModelFeatures } from "../features/model-features.js";
import { stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import { initBackend, type Tf } from "./backend.js";
import { initLayers, mlpForward } from "./dense.js";
import { gcnForward, initGcn } from "./gcn.js";
import { MODEL_INPUT_WIDTH, nodeWidthOf, PaperFeaturizer, type PaperModel, PaperPredictor, type PaperSource } from "./paper.js";
import { mergeParams, toVariables } from "./params.js";
import { createRandom } from "./random.js";
import { fitScaler, standardise } from "./scaler.js";
import { completeState, phi, PHI_WIDTH } from "./slowdown.js";
import { normalizedAdjacency } from "./sparse.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

const SOURCES: readonly PaperSource[] = [
  { kind: "as published", regression: syntheticRegression() },
  { kind: "engine-aware", kernelLatency: syntheticKernelLatency() },
];
const REST_WIDTH = MODEL_INPUT_WIDTH + PHI_WIDTH;

/** SYNTHETIC: random weights. */
function randomModel(source: PaperSource): PaperModel {
  const random = createRandom(6);
  const featurizer = new PaperFeaturizer(null, source);
  const inputs = syntheticFamily().map((features) => featurizer.inputs(features));
  const { distribution, idle } = syntheticSlowdown();
  const rests = inputs.flatMap(({ model }) =>
    syntheticStates(5).map((state) => Float32Array.of(...model, ...phi(stateVector(state).values))),
  );
  return {
    source,
    nodeScaler: fitScaler(inputs.map(({ nodes }) => nodes), nodeWidthOf(source)),
    headScaler: fitScaler(rests, REST_WIDTH),
    states: { distribution, idle },
    params: mergeParams(
      initGcn(nodeWidthOf(source), random),
      initLayers("head", [64 + REST_WIDTH, 64, 64, 1], random, { finalScale: 0.3 }),
    ),
  };
}

/** The formula as training writes it, on tensors; microseconds. */
function forward(model: PaperModel, features: ModelFeatures, state: HardwareState): number {
  return tf.tidy(() => {
    const variables = toVariables(tf, model.params);
    const { nodes, nodeWidth, adjacency, model: totals } = new PaperFeaturizer(null, model.source).inputs(features);
    const x = tf.tensor2d(standardise(nodes, model.nodeScaler), [nodes.length / nodeWidth, nodeWidth]);
    const z = tf.mean(gcnForward(tf, variables, x, normalizedAdjacency(adjacency), { residual: true }), 0, true);
    const { values, mask } = stateVector(state);
    const h = phi(completeState(model.states, values, mask));
    const rest = tf.tensor2d(standardise(Float32Array.of(...totals, ...h), model.headScaler), [1, REST_WIDTH]);
    const log = mlpForward(tf, variables, "head", tf.concat([z, rest], 1) as Tensor2D).dataSync()[0] ?? NaN;
    for (const variable of variables.values()) variable.dispose();
    return Math.exp(log);
  });
}

describe.each(SOURCES)("the paper's predictor, $kind, with random weights (synthetic)", (source) => {
  const model = randomModel(source);
  const predictor = new PaperPredictor(null, model);

  it("computes in plain loops what training computes on tensors", () => {
    for (const features of syntheticFamily().slice(0, 4)) {
      const embedding = predictor.embed(features);
      for (const state of [{}, { utilization: 0.5 }, ...syntheticStates(2)]) {
        expect(predictor.predict(embedding, state).totalUs / forward(model, features, state)).toBeCloseTo(1, 3);
      }
    }
  });

  it("shares the total out among the kernels", () => {
    const { totalUs, kernelUs } = predictor.predict(predictor.embed(syntheticFeatures(24, 2)), {});
    expect(kernelUs.reduce((sum, us) => sum + us, 0) / totalUs).toBeCloseTo(1, 5);
    expect(Math.min(...kernelUs)).toBeGreaterThanOrEqual(0);
  });

  it("has as many numbers for the head as it says", () => {
    expect(new PaperFeaturizer(null, source).inputs(syntheticFeatures(16, 1)).model).toHaveLength(MODEL_INPUT_WIDTH);
  });

  it("predicts the same on the backend", () => {
    const onBackend = new PaperPredictor(tf, model);
    const features = syntheticFeatures(40, 12);
    const [expected, found] = [predictor, onBackend].map((p) => p.predict(p.embed(features), { utilization: 0.2 }).totalUs);
    expect((found ?? NaN) / (expected ?? NaN)).toBeCloseTo(1, 3);
    onBackend.dispose();
  });
});

describe("what the head sees", () => {
  const published = new PaperFeaturizer(null, { kind: "as published", regression: syntheticRegression() });

  it("groups the regression's latencies by kernel size", () => {
    const { model } = published.inputs(syntheticFeatures(24, 2));
    const [all = NaN, pointwise, small = NaN, large, depthwise, grouped] = model;
    expect(all).toBeGreaterThan(0);
    expect(small).toBe(all);
    expect([pointwise, large, depthwise, grouped]).toEqual([0, 0, 0, 0]);
  });

  it("gives the regression's latency to the convolution and none of it to its reorder", () => {
    const features = syntheticFeatures(24, 1);
    const { kernelShare } = published.inputs(features);
    const withShare = features.kernelGraph.kernels.filter((_, i) => (kernelShare[i] ?? 0) > 0);
    expect(withShare.map(({ op }) => op)).toEqual(["Conv", "Conv"]);
  });

  it("is the file's graph as published, and the engine's graph otherwise", () => {
    const features = syntheticFeatures(24, 2);
    const aware = new PaperFeaturizer(null, { kind: "engine-aware", kernelLatency: syntheticKernelLatency() });
    expect(published.inputs(features).adjacency).toBe(features.graph.adjacency);
    expect(aware.inputs(features).adjacency).toBe(features.kernelGraph.adjacency);
  });
});
