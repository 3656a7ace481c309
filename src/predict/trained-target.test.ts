import { describe, expect, it } from "vitest";
import { Network } from "../../test/helper/network.js";
import { syntheticGraph } from "../../test/helper/synthetic.js";
import { SYNTHETIC_TARGET, syntheticTarget } from "../../test/helper/synthetic-target.js";
import type { HardwareState } from "../features/state.js";
import { DomainJudge, fitDomain } from "./domain.js";
import type { Prediction } from "./types.js";

const target = syntheticTarget();
const MODEL = target.embed(syntheticGraph(24, 2));
const FULL: HardwareState = { utilization: 0.3, bandwidthGBs: 15, runDelayRatio: 0.3 };

const predict = (state: HardwareState): Prediction => target.predict(MODEL, state);

/** Half the interval's width on log latency. */
function halfWidth({ interval: { lowMs, highMs } }: Prediction): number {
  return Math.log(highMs / lowMs) / 2;
}

describe("a trained target (synthetic)", () => {
  it("answers with who predicted what", () => {
    const graph = syntheticGraph(24, 2);
    expect(predict({})).toMatchObject({
      modelId: graph.modelId,
      target: SYNTHETIC_TARGET,
      predictor: "synthetic-onnxruntime@1.0.0",
      memory: { peakActivationBytes: graph.totals.peakActivationBytes, weightBytes: graph.totals.weightBytes },
      coverage: { nodes: 1, flops: 1, unsupportedOps: [] },
      outOfDistribution: { flag: false, score: 0, reasons: [] },
    });
  });

  it("predicts for many states from one embedding, each time the same", () => {
    const first = predict(FULL);
    predict({ utilization: 0.8 });
    expect(predict(FULL)).toEqual(first);
  });

  it("has layers that add up to the latency but for what a run costs anyway", () => {
    const { layers, latencyMs } = predict({});
    const inLayers = layers.reduce((sum, layer) => sum + layer.latencyMs, 0);
    // The synthetic overhead is 10 µs.
    expect(latencyMs - inLayers).toBeCloseTo(0.01, 6);
  });

  it("refuses an embedding of another target", () => {
    const foreign = syntheticTarget().embed(syntheticGraph(24, 2));
    expect(() => target.predict(foreign, {})).toThrow(TypeError);
    expect(() => target.predict({ ...MODEL }, {})).toThrow(TypeError);
  });
});

describe("the memory in an answer (synthetic)", () => {
  const memory = {
    loading: { process: 4, weights: 3 },
    running: { process: 2, weights: 1, liveActivations: 2 },
    coverage: 0.9,
    halfWidths: { peak: 0.2, running: 0.1 },
  };
  const graph = syntheticGraph(24, 2);
  const answered = (model = graph): Prediction["memory"] => {
    const remembering = syntheticTarget({ memory });
    return remembering.predict(remembering.embed(model), {}).memory;
  };

  it("is what the engine's process takes, the larger of loading and running at the peak", () => {
    const { process, weightBytes } = answered();
    expect(process?.peak.bytes).toBeGreaterThanOrEqual(process?.running.bytes ?? Infinity);
    expect(process?.peak.bytes).toBe(Math.round(4 * 2 ** 20 + 3 * weightBytes));
    expect(process?.running.bytes).toBeGreaterThan(2 * 2 ** 20 + weightBytes);
  });

  it("has intervals around it", () => {
    const { peak, running } = answered().process ?? {};
    for (const [{ bytes, interval } = { bytes: NaN, interval: undefined }, halfWidth] of [[peak, 0.2], [running, 0.1]] as const) {
      expect(interval?.coverage).toBe(0.9);
      expect(Math.log((interval?.highBytes ?? NaN) / bytes)).toBeCloseTo(halfWidth, 5);
      expect(Math.log(bytes / (interval?.lowBytes ?? NaN))).toBeCloseTo(halfWidth, 5);
    }
  });

  it("is less sure of a network of which a part is not known", () => {
    const network = new Network();
    const known = network.conv(network.input([1, 24, 8, 8]), 24, 24);
    const { peak } = answered(network.graph(network.node("Mystery", [known], {}, "nobody"))).process ?? {};
    expect(Math.log((peak?.interval.highBytes ?? NaN) / (peak?.bytes ?? NaN))).toBeGreaterThan(0.5);
  });

  it("is only counted where nobody measured it", () => {
    expect(predict({}).memory).not.toHaveProperty("process");
  });
});

describe("the state in an answer", () => {
  it("lists what was filled in", () => {
    expect(predict({}).state).toEqual({
      used: {},
      imputed: ["utilization", "bandwidthGBs", "runDelayRatio"],
      ignored: [],
      stateEffect: "none",
    });
    expect(predict({ bandwidthGBs: 12 }).state).toMatchObject({
      imputed: ["utilization", "runDelayRatio"],
      stateEffect: "measured",
    });
    expect(predict(FULL).state).toMatchObject({ used: FULL, imputed: [] });
  });

  it("lists what never varied in training, and has no effect of it", () => {
    const state: HardwareState = { frequencyMHz: 1000, counters: { instructions: 5, intervalMs: 1 } };
    const prediction = predict(state);
    expect(prediction.state).toMatchObject({
      used: state,
      ignored: ["frequencyMHz", "counters.instructions"],
      stateEffect: "none",
    });
    expect(prediction.latencyMs).toBe(predict({}).latencyMs);
  });
});

describe("the interval", () => {
  it("lies around the latency by the width calibrated for the fields that are known", () => {
    for (const [state, width] of [[{}, 0.1], [{ utilization: 0.3 }, 0.2], [FULL, 0.05], [{ bandwidthGBs: 9 }, 0.2]] as const) {
      const prediction = predict(state);
      const { lowMs, highMs, coverage } = prediction.interval;
      expect(halfWidth(prediction)).toBeCloseTo(width, 9);
      expect(Math.sqrt(lowMs * highMs)).toBeCloseTo(prediction.latencyMs, 9);
      expect(coverage).toBe(0.9);
    }
  });

  it("is wider for a model unlike the training data, which is flagged", () => {
    const network = new Network();
    const wide = network.conv(network.input([1, 3, 16, 16]), 3, 2048);
    const prediction = target.predict(target.embed(network.graph(wide)), {});
    expect(prediction.outOfDistribution.flag).toBe(true);
    expect(prediction.outOfDistribution.reasons.length).toBeGreaterThan(0);
    // Three times as wide at a score of 1.
    expect(halfWidth(prediction)).toBeCloseTo(0.1 * (1 + 2 * prediction.outOfDistribution.score), 9);
    expect(halfWidth(prediction)).toBeGreaterThan(0.2);
  });
});

describe("an operator that is not known", () => {
  const network = new Network();
  const conv = network.node("Relu", [network.conv(network.input([1, 3, 16, 16]), 3, 16)]);
  const graph = network.graph(network.node("Frobnicate", [conv], {}, "com.example"));
  const known = new Network();
  const prefix = known.graph(known.node("Relu", [known.conv(known.input([1, 3, 16, 16]), 3, 16)]));

  it("is named, lowers the coverage and widens the interval", () => {
    const prediction = target.predict(target.embed(graph), {});
    expect(prediction.coverage).toMatchObject({ nodes: 2 / 3, unsupportedOps: ["com.example:Frobnicate"] });
    expect(prediction.outOfDistribution.reasons.join()).toContain("unknown cost");
    const without = target.predict(target.embed(prefix), {});
    expect(halfWidth(prediction)).toBeGreaterThan(halfWidth(without) + 0.3);
  });

  it("still has a layer", () => {
    const { layers } = target.predict(target.embed(graph), {});
    expect(layers.map(({ opType }) => opType)).toEqual(["Conv", "Frobnicate"]);
  });
});

it("judges by the domain that it was given", () => {
  const strict = syntheticTarget({ domain: new DomainJudge(fitDomain([])) });
  const { outOfDistribution } = strict.predict(strict.embed(syntheticGraph(24, 2)), {});
  expect(outOfDistribution).toMatchObject({ flag: true });
  expect(outOfDistribution.score).toBeCloseTo(1, 5);
});
