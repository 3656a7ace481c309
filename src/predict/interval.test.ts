import { describe, expect, it } from "vitest";
import { createRandom } from "../model/random.js";
import { conformalQuantile, halfWidthOf, intervalKey, type IntervalCalibration, transferredIntervals } from "./interval.js";

const CALIBRATION: IntervalCalibration = {
  coverage: 0.9,
  halfWidths: { none: 0.1, utilization: 0.3, "utilization+bandwidthGBs": 0.2 },
  outOfDistributionFactor: 3,
};

describe("the half-width of an interval", () => {
  it("is the one calibrated for exactly the fields that are known", () => {
    expect(halfWidthOf(CALIBRATION, {})).toBe(0.1);
    expect(halfWidthOf(CALIBRATION, { utilization: 0.5 })).toBe(0.3);
    expect(halfWidthOf(CALIBRATION, { bandwidthGBs: 3, utilization: 0.5 })).toBe(0.2);
  });

  it("is the widest one for fields that were not calibrated", () => {
    expect(halfWidthOf(CALIBRATION, { runDelayRatio: 0.1 })).toBe(0.3);
  });

  it("does not depend on fields that no calibration looks at", () => {
    expect(halfWidthOf(CALIBRATION, { frequencyMHz: 2000, counters: {} })).toBe(0.1);
  });

  it("goes by a key in a fixed order", () => {
    expect(intervalKey(["runDelayRatio", "utilization"])).toBe("utilization+runDelayRatio");
    expect(intervalKey(["frequencyMHz"])).toBe("none");
    expect(intervalKey([])).toBe("none");
  });
});

describe("intervals of another machine", () => {
  const transferHalfWidths = { utilization: 0.4, "utilization+bandwidthGBs": 0.3 };

  it("add the squares of its own error and of the slowdown that is carried over", () => {
    const { halfWidths, coverage } = transferredIntervals({ ...CALIBRATION, transferHalfWidths }, { coverage: 0.9, halfWidth: 0.3 });
    expect(coverage).toBe(0.9);
    expect(halfWidths["none"]).toBeCloseTo(0.3, 12);
    expect(halfWidths["utilization"]).toBeCloseTo(0.5, 12);
  });

  it("allow for a factor of two where no other machine was measured", () => {
    const { halfWidths } = transferredIntervals(CALIBRATION, { coverage: 0.9, halfWidth: 0 });
    expect(halfWidths["none"]).toBe(0);
    expect(halfWidths["utilization"]).toBeCloseTo(Math.log(2), 12);
  });
});

describe("the conformal quantile", () => {
  const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

  it("is the ceil((n + 1) coverage)-th smallest size", () => {
    expect(conformalQuantile(upTo(9), 0.9)).toBe(9);
    expect(conformalQuantile(upTo(19), 0.9)).toBe(18);
    expect(conformalQuantile(upTo(99), 0.5)).toBe(50);
  });

  it("takes residuals by their size, in any order, and leaves them as they were", () => {
    const residuals = [3, -9, 1, -2];
    expect(conformalQuantile(residuals, 0.5)).toBe(3);
    expect(residuals).toEqual([3, -9, 1, -2]);
  });

  it("is the largest residual where there are too few for the coverage", () => {
    expect(conformalQuantile([0.1, -0.4], 0.9)).toBe(0.4);
    expect(conformalQuantile([0.1], 1)).toBe(0.1);
  });

  it("is 0 without residuals", () => {
    expect(conformalQuantile([], 0.9)).toBe(0);
  });

  it("covers new residuals of the same distribution as often as asked (synthetic)", () => {
    const random = createRandom(8);
    const draw = (n: number): number[] => Array.from({ length: n }, () => random.normal());
    for (const coverage of [0.5, 0.9, 0.95]) {
      let inside = 0;
      for (let trial = 0; trial < 200; trial += 1) {
        const limit = conformalQuantile(draw(60), coverage);
        inside += draw(20).filter((residual) => Math.abs(residual) <= limit).length / 20;
      }
      expect(inside / 200).toBeGreaterThan(coverage - 0.015);
      expect(inside / 200).toBeLessThan(coverage + 0.03);
    }
  });
});
