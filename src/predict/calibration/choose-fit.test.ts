import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import { chooseFit, crossValidate, type Measured } from "./choose-fit.js";
import type { WorkClass } from "./class-times.js";
import { calibratedUs, type CalibrationRow, fitCorrections } from "./corrections.js";
import { residualHalfWidth } from "./residual-interval.js";

const CLASSES: readonly WorkClass[] = ["conv", "conv-pointwise", "conv-depthwise", "run"];
const TRUTH = { bias: Math.log(3), byClass: new Map<WorkClass, number>([["conv", 0.4], ["conv-depthwise", -0.5]]) };

/** SYNTHETIC networks: times at random, measured by the truth with some noise on the logarithm. */
function rows(count: number, seed: number, noise: number): CalibrationRow[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const times = new Map(CLASSES.map((name) => [name, 1000 * Math.exp(1.5 * random.normal())]));
    return { times, measuredUs: calibratedUs(times, TRUTH) * Math.exp(noise * random.normal()) };
  });
}

const measured = (list: readonly CalibrationRow[]): Measured[] => list.map((row, i) => ({ network: `net-${i}`, rows: [row] }));

describe("corrections", () => {
  it("are found where the measurements follow them", () => {
    const { corrections } = fitCorrections(rows(40, 1, 0), 1e-6);
    for (const { times, measuredUs } of rows(20, 2, 0)) expect(calibratedUs(times, corrections) / measuredUs).toBeCloseTo(1, 3);
    const difference = (a: WorkClass, b: WorkClass): number => (corrections.byClass.get(a) ?? 0) - (corrections.byClass.get(b) ?? 0);
    expect(difference("conv", "conv-pointwise")).toBeCloseTo(0.4, 2);
    expect(difference("conv-depthwise", "conv-pointwise")).toBeCloseTo(-0.5, 2);
  });

  it("are a scale alone under an infinite ridge: the geometric mean of the ratios", () => {
    const list = rows(5, 3, 0.1);
    const { corrections } = fitCorrections(list, Infinity);
    const logs = list.map(({ times, measuredUs }) => Math.log(measuredUs / [...times.values()].reduce((a, b) => a + b, 0)));
    expect(corrections.byClass.size).toBe(0);
    expect(corrections.bias).toBeCloseTo(logs.reduce((a, b) => a + b, 0) / logs.length, 9);
  });

  it("shrink as the ridge grows", () => {
    const size = (ridge: number): number => [...fitCorrections(rows(10, 4, 0.05), ridge).corrections.byClass.values()].reduce((sum, value) => sum + value * value, 0);
    expect(size(0.01)).toBeGreaterThan(size(0.3));
    expect(size(0.3)).toBeGreaterThan(size(3));
  });

  it("come with residuals that are near those of leaving each row out", () => {
    const list = rows(12, 5, 0.05);
    const { leftOut } = fitCorrections(list, 0.1);
    list.forEach((row, i) => {
      const others = fitCorrections(list.filter((_, j) => j !== i), 0.1).corrections;
      expect(Math.abs((leftOut[i] ?? 0) - Math.log(row.measuredUs / calibratedUs(row.times, others)))).toBeLessThan(0.03);
    });
  });

  it("stay finite for one network and for networks that are all alike", () => {
    const [row] = rows(1, 6, 0);
    if (row === undefined) throw new Error("no row");
    for (const list of [[row], [row, row, row]]) {
      const { corrections } = fitCorrections(list, 0.01);
      expect(calibratedUs(row.times, corrections) / row.measuredUs).toBeCloseTo(1, 6);
    }
  });
});

describe("the choice", () => {
  it("is the scale where the measurements are noise beyond it", () => {
    const list = rows(8, 7, 0).map(({ times }, i) => ({ times, measuredUs: calibratedUs(times, { bias: 0, byClass: new Map() }) * (i % 2 === 0 ? 1.3 : 0.8) }));
    expect(chooseFit(measured(list)).ridge).toBe(Infinity);
  });

  it("is the base that fits better", () => {
    const list = rows(10, 8, 0.02);
    const scrambled = rows(10, 9, 0.02);
    const both = list.map((row, i) => ({ network: `net-${i}`, rows: [{ times: scrambled[i]?.times ?? row.times, measuredUs: row.measuredUs }, row] }));
    expect(chooseFit(both).base).toBe(1);
  });

  it("needs something that was measured", () => {
    expect(() => chooseFit([])).toThrow(RangeError);
  });
});

describe("cross-validation", () => {
  it("foretells the error on other networks", () => {
    const list = measured(rows(30, 10, 0.08));
    const size = (pairs: readonly { predicted: number; measured: number }[]): number =>
      pairs.reduce((sum, pair) => sum + Math.abs(Math.log(pair.measured / pair.predicted)), 0) / pairs.length;
    const { corrections } = chooseFit(list);
    const fresh = rows(300, 11, 0.08).map(({ times, measuredUs }) => ({ predicted: calibratedUs(times, corrections), measured: measuredUs }));
    expect(size(crossValidate(list)) / size(fresh)).toBeGreaterThan(0.75);
    expect(size(crossValidate(list)) / size(fresh)).toBeLessThan(1.35);
  });

  it("leaves every network out once, many of them in parts", () => {
    expect(crossValidate(measured(rows(7, 12, 0.1)))).toHaveLength(7);
    expect(crossValidate(measured(rows(35, 13, 0.1)))).toHaveLength(35);
  });
});

describe("the half-width of few residuals", () => {
  it("covers new ones as often as asked, for normal residuals of any number", () => {
    const random = createRandom(14);
    for (const count of [3, 5, 8, 9, 12, 30]) {
      let inside = 0;
      for (let trial = 0; trial < 2000; trial += 1) {
        const halfWidth = residualHalfWidth(Array.from({ length: count }, () => random.normal()));
        if (Math.abs(random.normal()) <= halfWidth) inside += 1;
      }
      expect(inside / 2000).toBeGreaterThan(0.87);
      expect(inside / 2000).toBeLessThan(0.95);
    }
  });
});
