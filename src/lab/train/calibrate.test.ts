import { describe, expect, it } from "vitest";
import { syntheticFeatures, syntheticStates } from "../../../test/helper/synthetic.js";
import type { HardwareState } from "../../features/state.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { createRandom } from "../../model/random.js";
import { DomainJudge, fitDomain } from "../../predict/domain.js";
import { halfWidthOf, OUT_OF_DISTRIBUTION_FACTOR } from "../../predict/interval.js";
import { halfWidthFor, INTERVAL_COVERAGE, intervalResiduals, intervalsOf, type Residual, unlikeFactor } from "./calibrate.js";
import type { IdleExample, LoadedExample } from "./examples.js";
import type { Rows } from "./pipeline.js";

/** A FAKE predictor: a millisecond, doubled by a full utilization, which it takes for 0.5 where it is not told. */
const PREDICTOR: LatencyPredictor<null> = {
  embed: () => null,
  predict: (_, { utilization = 0.5 }) => ({ totalUs: 1000 * (1 + utilization), kernelUs: new Float32Array() }),
  dispose: () => undefined,
};

const FEATURES = syntheticFeatures(16, 1);
const DOMAIN = new DomainJudge(fitDomain(FEATURES.facts));
const IDLE_NOISE = 0.02;
const LOADED_NOISE = 0.05;

/** SYNTHETIC rows: the formula above with normal noise on the logarithm, idle ones as the predictor takes no state. */
function rows(count: number, seed: number): Rows {
  const random = createRandom(seed);
  const noisy = (us: number, deviation: number): number => us * Math.exp(deviation * random.normal());
  const common = { id: "net", family: "synthetic", features: FEATURES };
  const idle = Array.from({ length: count }, (): IdleExample => ({ ...common, latencyUs: noisy(1500, IDLE_NOISE), kernelUs: null }));
  const loaded = syntheticStates(count, seed).map((state): LoadedExample => {
    const latencyUs = noisy(1000 * (1 + (state.utilization ?? 0)), LOADED_NOISE);
    return { ...common, stateName: "synthetic", state, readings: [state], latencyUs, idleUs: 1000 };
  });
  return { idle, loaded };
}

const CALIBRATION = intervalsOf({ like: intervalResiduals(PREDICTOR, DOMAIN, rows(400, 1)) });
/** The 90 % point of the size of a standard normal number. */
const NORMAL_90 = 1.645;

describe("calibrated intervals on synthetic residuals", () => {
  it("have a width for every set of state fields", () => {
    expect(Object.keys(CALIBRATION.halfWidths).sort()).toEqual([
      "bandwidthGBs",
      "bandwidthGBs+runDelayRatio",
      "none",
      "runDelayRatio",
      "utilization",
      "utilization+bandwidthGBs",
      "utilization+bandwidthGBs+runDelayRatio",
      "utilization+runDelayRatio",
    ]);
    expect(CALIBRATION).toMatchObject({ coverage: INTERVAL_COVERAGE, outOfDistributionFactor: OUT_OF_DISTRIBUTION_FACTOR });
  });

  it("have the width of the noise where the state is known", () => {
    const full = CALIBRATION.halfWidths["utilization+bandwidthGBs+runDelayRatio"] ?? NaN;
    expect(full / (NORMAL_90 * LOADED_NOISE)).toBeGreaterThan(0.8);
    expect(full / (NORMAL_90 * LOADED_NOISE)).toBeLessThan(1.25);
  });

  it("are wider where a field that matters is missing", () => {
    const { halfWidths } = CALIBRATION;
    expect(halfWidths["bandwidthGBs+runDelayRatio"]).toBeGreaterThan(2 * (halfWidths["utilization"] ?? NaN));
    expect(halfWidths["utilization"]).toBe(halfWidths["utilization+runDelayRatio"]);
  });

  it("come from idle rows where no state is told", () => {
    const idle = CALIBRATION.halfWidths["none"] ?? NaN;
    expect(idle / (NORMAL_90 * IDLE_NOISE)).toBeGreaterThan(0.8);
    expect(idle / (NORMAL_90 * IDLE_NOISE)).toBeLessThan(1.25);
  });

  it("hold as many new latencies as they say", () => {
    const inside = (known: (state: HardwareState) => HardwareState): number => {
      const fresh = rows(2000, 2).loaded.filter(({ state, latencyUs }) => {
        const told = known(state);
        const { totalUs } = PREDICTOR.predict(null, told);
        return Math.abs(Math.log(latencyUs / totalUs)) <= halfWidthOf(CALIBRATION, told);
      });
      return fresh.length / 2000;
    };
    for (const share of [inside((state) => state), inside(({ bandwidthGBs = 0 }) => ({ bandwidthGBs }))]) {
      expect(share).toBeGreaterThan(0.85);
      expect(share).toBeLessThan(0.95);
    }
  });

  it("are calibrated by residuals that the score has narrowed: what is unlike may be off by more", () => {
    const kernelUs = new Float32Array(FEATURES.facts.length).fill(1);
    const timed: LatencyPredictor<null> = { ...PREDICTOR, predict: (_, state) => ({ ...PREDICTOR.predict(null, state), kernelUs }) };
    const none = (judge: DomainJudge): number => intervalsOf({ like: intervalResiduals(timed, judge, rows(400, 1)) }).halfWidths["none"] ?? NaN;
    expect(none(DOMAIN) / none(new DomainJudge({}))).toBeCloseTo(OUT_OF_DISTRIBUTION_FACTOR, 5);
  });
});

describe("the factor for what is unlike", () => {
  /** MADE-UP residuals of one score and up to a size. */
  const residuals = (score: number, size: number): Residual[] => Array.from({ length: 50 }, (_, i) => ({ id: `net-${i}`, residual: ((i % 2 === 0 ? 1 : -1) * size * (i + 1)) / 50, score }));

  it("is as large as it takes for intervals that known families calibrate to hold others", () => {
    const [like, unlike] = [residuals(0, 0.03), residuals(0.5, 0.12)];
    // Four times as far off at a score of a half: 1 + 0.5 (f - 1) = 4.
    expect(unlikeFactor(like, unlike)).toBe(7);
    expect(halfWidthFor(unlike, 7)).toBeCloseTo(halfWidthFor(like, 7), 10);
    expect(intervalsOf({ like: new Map([["none", like]]), unlike }).outOfDistributionFactor).toBe(7);
  });

  it("is 1 where others are off by no more", () => {
    expect(unlikeFactor(residuals(0, 0.03), residuals(0.5, 0.02))).toBe(1);
  });

  it("ends somewhere, where scores do not tell what is unlike", () => {
    const factor = unlikeFactor(residuals(0, 0.03), residuals(0, 0.12));
    expect(factor).toBeGreaterThan(OUT_OF_DISTRIBUTION_FACTOR);
    expect(factor).toBeLessThan(100);
  });
});
