import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Tensor2D } from "@tensorflow/tfjs-core";
import { Network } from "../../test/helper/network.js";
import {
  SYNTHETIC_IDLE,
  SYNTHETIC_RULES,
  syntheticAdditive,
  syntheticFamily,
  syntheticFeatures,
  syntheticStates,
} from "../../test/helper/synthetic.js";
import { modelFeatures, type ModelFeatures } from "../features/model-features.js";
import { stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import {
  type AdditiveModel,
  AdditivePredictor,
  IdlePredictor,
  MAX_IDLE_CORRECTION,
  NODE_INPUT_WIDTH,
  nodeInputs,
} from "./additive.js";
import { initBackend, type Tf } from "./backend.js";
import { mlpForward } from "./dense.js";
import { gcnForward } from "./gcn.js";
import { KernelLatencyPredictor } from "./kernel-latency.js";
import { mergeParams, toVariables } from "./params.js";
import { standardise } from "./scaler.js";
import { completeState, fairShare, MAX_KERNEL_SLOWDOWN, phi, PHI_WIDTH, SLOWDOWN_RANK } from "./slowdown.js";
import { normalizedAdjacency } from "./sparse.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});
afterEach(() => tf.disposeVariables());

/** The formulas as training writes them, on tensors: microseconds of each kernel in a state. */
function forward(model: AdditiveModel, features: ModelFeatures, state: HardwareState): Float32Array {
  return tf.tidy(() => {
    const variables = toVariables(tf, mergeParams(model.params, model.slowdown.params));
    const c = new KernelLatencyPredictor(null, model.kernelLatency).predictUs(features);
    const rows = c.length;
    const standard = standardise(nodeInputs(features.kernelMatrix, c), model.scaler);
    const inputs = tf.tensor2d(standard, [rows, NODE_INPUT_WIDTH]);
    const adjacency = normalizedAdjacency(features.kernelGraph.adjacency);
    const z = gcnForward(tf, variables, inputs, adjacency, { residual: true });
    const joined = tf.concat([z, inputs], 1);
    const correction = tf.mul(tf.tanh(mlpForward(tf, variables, "correction", joined)), MAX_IDLE_CORRECTION);
    const idle = tf.mul(tf.tensor2d(c, [rows, 1]), tf.exp(correction));
    const outputs = (complete: Float32Array): Tensor2D => {
      const x = tf.tensor2d(standardise(phi(complete), model.slowdown.scaler), [1, PHI_WIDTH]);
      return tf.add(mlpForward(tf, variables, "state", x, "tanh"), mlpForward(tf, variables, "stateLinear", x));
    };
    const { values, mask } = stateVector(state);
    const complete = completeState(model.slowdown, values, mask);
    const effect = tf.sub(outputs(complete), outputs(model.slowdown.idle));
    const s = tf.add(tf.slice(effect, [0, 0], [1, 1]), fairShare(phi(complete)) - fairShare(phi(model.slowdown.idle)));
    const v = tf.slice(effect, [0, 1], [1, SLOWDOWN_RANK]);
    const factors = tf.tanh(mlpForward(tf, variables, "factors", joined));
    const dot = tf.sum(tf.mul(factors, v), 1, true);
    const bounded = tf.mul(tf.tanh(tf.div(dot, MAX_KERNEL_SLOWDOWN)), MAX_KERNEL_SLOWDOWN);
    return Float32Array.from(tf.mul(idle, tf.exp(tf.add(s, bounded))).dataSync());
  });
}

function largestRelativeError(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  return found.reduce((worst, value, i) => Math.max(worst, Math.abs(value / (expected[i] ?? NaN) - 1)), 0);
}

const STATES: readonly HardwareState[] = [{}, SYNTHETIC_IDLE, { utilization: 0.4 }, ...syntheticStates(3, 11)];

describe("the additive predictor with random weights (synthetic)", () => {
  const model = syntheticAdditive(2);

  it("computes in plain loops what training computes on tensors", () => {
    const predictor = new AdditivePredictor(null, model);
    for (const features of syntheticFamily().slice(0, 4)) {
      const embedding = predictor.embed(features);
      for (const state of STATES) {
        const { kernelUs } = predictor.predict(embedding, state);
        expect(largestRelativeError(kernelUs, forward(model, features, state))).toBeLessThan(1e-4);
      }
    }
  });

  it("computes the same on the backend", () => {
    const plain = new AdditivePredictor(null, model);
    const onBackend = new AdditivePredictor(tf, model);
    const features = syntheticFeatures(40, 12);
    const [expected, found] = [plain, onBackend].map((predictor) => predictor.predict(predictor.embed(features), { utilization: 0.5 }));
    expect(largestRelativeError(found?.kernelUs ?? new Float32Array(), expected?.kernelUs ?? new Float32Array())).toBeLessThan(1e-4);
    onBackend.dispose();
  });

  it("frees the backend's copies of its weights", () => {
    const before = tf.memory().numTensors;
    const predictor = new AdditivePredictor(tf, model);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    predictor.embed(syntheticFeatures(40, 12));
    predictor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("a prediction", () => {
  const model = syntheticAdditive(3);
  const predictor = new AdditivePredictor(null, model);
  const features = syntheticFeatures(24, 2);
  const embedding = predictor.embed(features);

  it("on an idle device is the idle latency to the last bit, stated or unstated", () => {
    for (const state of [{}, SYNTHETIC_IDLE]) {
      const { kernelUs, totalUs } = predictor.predict(embedding, state);
      expect(kernelUs).toEqual(embedding.idleUs);
      expect(totalUs).toBe(embedding.idleUs.reduce((sum, us) => sum + us, embedding.overheadUs));
    }
  });

  it("adds up to the total with what a run costs outside its kernels", () => {
    for (const state of STATES) {
      const { kernelUs, totalUs } = predictor.predict(embedding, state);
      const rest = totalUs - kernelUs.reduce((sum, us) => sum + us, 0);
      expect(rest).toBeGreaterThan(0);
    }
    expect(embedding.overheadUs).toBeCloseTo(10, 4);
  });

  it("keeps the idle correction within its bounds", () => {
    const c = new KernelLatencyPredictor(null, model.kernelLatency).predictUs(features);
    embedding.idleUs.forEach((us, i) => {
      expect(Math.abs(Math.log(us / (c[i] ?? NaN)))).toBeLessThanOrEqual(MAX_IDLE_CORRECTION + 1e-6);
    });
  });

  it("does not change the embedding that it is made from", () => {
    const before = embedding.idleUs.slice();
    predictor.predict(embedding, { utilization: 0.9 });
    expect(embedding.idleUs).toEqual(before);
  });

  it("gives a kernel that is not known no time, and the others a finite one", () => {
    const network = new Network();
    const mystery = network.node("Frobnicate", [network.conv(network.input([1, 3, 8, 8]), 3, 8)], {}, "com.example");
    const half = modelFeatures(network.graph(mystery), SYNTHETIC_RULES);
    const { kernelUs } = predictor.predict(predictor.embed(half), { utilization: 0.5 });
    expect([...kernelUs].map((us) => us > 0)).toEqual([true, true, false]);
    expect(kernelUs.every(Number.isFinite)).toBe(true);
  });

  it("of a model that runs nothing is what a run costs anyway", () => {
    const network = new Network();
    const empty = modelFeatures(network.graph(network.input([1, 4])), SYNTHETIC_RULES);
    expect(predictor.predict(predictor.embed(empty), {}).totalUs).toBeCloseTo(10, 4);
  });

  it("without a trained overhead has none", () => {
    const params = new Map(model.params);
    params.delete("overhead");
    expect(new IdlePredictor(null, { ...model, params }).embed(features).overheadUs).toBe(0);
  });
});

describe("nodeInputs", () => {
  it("puts log c beside the features, 0 where c is not known", () => {
    const width = NODE_INPUT_WIDTH - 1;
    const inputs = nodeInputs(new Float32Array(2 * width).fill(7), Float32Array.of(Math.E, 0));
    expect(inputs[width]).toBeCloseTo(1, 6);
    expect(inputs[2 * NODE_INPUT_WIDTH - 1]).toBe(0);
    expect(inputs[NODE_INPUT_WIDTH]).toBe(7);
  });
});
