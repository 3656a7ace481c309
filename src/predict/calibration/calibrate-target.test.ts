import { describe, expect, it } from "vitest";
import { syntheticGraph } from "../../../test/helper/synthetic.js";
import { SYNTHETIC_TARGET, syntheticTarget } from "../../../test/helper/synthetic-target.js";
import type { Graph } from "../../graph/types.js";
import { calibratedTarget } from "./calibrated-target.js";
import { calibrateTarget, type CalibrationRequest, type Measurement } from "./calibrate-target.js";
import type { WorkClass } from "./class-times.js";
import { calibratedUs } from "./corrections.js";

const base = syntheticTarget();
const registry = { defaultTarget: SYNTHETIC_TARGET, list: () => [base.info], get: (id: string) => (id === SYNTHETIC_TARGET ? base : undefined) };
const TARGET = "board.onnxruntime.float32.1core";

/** A MADE UP device: twice as fast as the base, but slower in convolutions. */
const TRUTH = { bias: Math.log(0.5), byClass: new Map<WorkClass, number>([["conv", Math.log(1.6)]]) };
const deviceMs = (graph: Graph): number => calibratedUs(base.classTimes(base.embed(graph), {}), TRUTH) / 1000;

function measurement(width: number, depth: number, changes: Partial<Measurement> = {}): Measurement {
  const graph = syntheticGraph(width, depth);
  return { network: `${width}-${depth}`, latencyMs: deviceMs(graph), embed: (target) => target.embed(graph), ...changes };
}

const MEASUREMENTS = [16, 24, 32, 48, 64].flatMap((width) => [1, 2, 4].map((depth) => measurement(width, depth)));
const request = (changes: Partial<CalibrationRequest> = {}): CalibrationRequest => ({ target: TARGET, measurements: MEASUREMENTS, ...changes });
const FILE = calibrateTarget(registry, request());

describe("a target from a few measured networks", () => {
  it("predicts networks that were not measured", () => {
    const target = calibratedTarget(registry, FILE);
    for (const [width, depth] of [[20, 3], [40, 2], [56, 5]] as const) {
      const graph = syntheticGraph(width, depth);
      expect(target.predict(target.embed(graph), {}).latencyMs / deviceMs(graph)).toBeCloseTo(1, 1);
    }
  });

  it("has layers that add up as on a trained target", () => {
    const target = calibratedTarget(registry, FILE);
    const { layers, latencyMs } = target.predict(target.embed(syntheticGraph(40, 2)), {});
    const rest = latencyMs - layers.reduce((sum, layer) => sum + layer.latencyMs, 0);
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(0.02);
  });

  it("states the error on networks that the fit had not seen", () => {
    expect(FILE.crossValidated.rows).toBe(MEASUREMENTS.length);
    expect(FILE.crossValidated.mapePercent).toBeLessThan(8);
    const wild = MEASUREMENTS.map((each, i) => ({ ...each, latencyMs: each.latencyMs * (i % 2 === 0 ? 1.5 : 0.7) }));
    const noisy = calibrateTarget(registry, request({ measurements: wild }));
    expect(noisy.crossValidated.mapePercent).toBeGreaterThan(25);
    expect(noisy.interval.halfWidth).toBeGreaterThan(3 * FILE.interval.halfWidth);
  });

  it("leaves all measurements of a network out together", () => {
    const twice = MEASUREMENTS.slice(0, 4).flatMap((each) => [each, each]);
    const once = calibrateTarget(registry, request({ measurements: MEASUREMENTS.slice(0, 4) }));
    const file = calibrateTarget(registry, request({ measurements: twice }));
    expect(file).toMatchObject({ networks: 4, measurements: 8 });
    expect(file.crossValidated.mapePercent).toBeGreaterThan(0.5 * once.crossValidated.mapePercent);
  });

  it("takes measurements in a state by what the base says of it", () => {
    const slow = MEASUREMENTS.map((each) => {
      const state = { utilization: 0.5, bandwidthGBs: 15, runDelayRatio: 0.5 };
      const embedded = each.embed(base);
      return { ...each, state, latencyMs: each.latencyMs * (base.predict(embedded, state).latencyMs / base.predict(embedded, {}).latencyMs) };
    });
    const graph = syntheticGraph(40, 2);
    const target = calibratedTarget(registry, calibrateTarget(registry, request({ measurements: slow })));
    expect(target.predict(target.embed(graph), {}).latencyMs / deviceMs(graph)).toBeCloseTo(1, 1);
  });

  it("answers to states as its base does, says so, and is less sure", () => {
    const target = calibratedTarget(registry, FILE);
    const model = target.embed(syntheticGraph(40, 2));
    const ownModel = base.embed(syntheticGraph(40, 2));
    const state = { utilization: 0.8, bandwidthGBs: 12, runDelayRatio: 0.8 };
    const loaded = target.predict(model, state);
    const idle = target.predict(model, {});
    const onBase = base.predict(ownModel, state).latencyMs / base.predict(ownModel, {}).latencyMs;
    expect(loaded.latencyMs / idle.latencyMs / onBase).toBeCloseTo(1, 1);
    expect(loaded.state).toMatchObject({ used: state, ignored: [], stateEffect: "transferred" });
    expect(loaded.interval.highMs / loaded.latencyMs).toBeGreaterThan(idle.interval.highMs / idle.latencyMs);
    expect(target.predict(model, { frequencyMHz: 1000 }).state).toMatchObject({ ignored: ["frequencyMHz"], stateEffect: "none" });
    expect(base.predict(ownModel, state).state.stateEffect).toBe("measured");
  });

  it.each<[string, Partial<CalibrationRequest>, string]>([
    ["invalid-target-name", { target: "board" }, "target"],
    ["invalid-target-name", { target: "../a.b.c" }, "target"],
    ["invalid-target-name", { target: `${"a".repeat(200)}.b.c.d` }, "target"],
    ["too-few-measurements", { measurements: MEASUREMENTS.slice(0, 2) }, "measurements"],
    ["too-few-measurements", { measurements: [measurement(16, 1), measurement(16, 1), measurement(16, 1)] }, "measurements"],
    ["invalid-latency", { measurements: [...MEASUREMENTS, measurement(16, 1, { latencyMs: NaN })] }, `measurements.${MEASUREMENTS.length}.latencyMs`],
    ["invalid-latency", { measurements: [measurement(16, 1, { latencyMs: 0 }), ...MEASUREMENTS] }, "measurements.0.latencyMs"],
    ["unknown-target", { base: "no.such.target.here" }, "base"],
  ])("is refused: %s", (fault, changes, field) => {
    expect(() => calibrateTarget(registry, request(changes))).toThrow(expect.objectContaining({ fault, field }));
  });
});
