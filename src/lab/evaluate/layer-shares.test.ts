import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../test/helper/synthetic.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { LatencyPredictor } from "../../model/predictor.js";
import { compareShares, operatorFigure, predictProfiled } from "./layer-shares.js";

const FEATURES = syntheticFeatures(16, 2);
const COUNT = FEATURES.kernelGraph.kernels.length;
const us = (change: (index: number) => number): Float32Array => Float32Array.from({ length: COUNT }, (_, i) => change(i));

describe("shares of layers", () => {
  it("agree where they are proportional", () => {
    const profiled = us((i) => 1 + i);
    expect(compareShares(FEATURES, us((i) => 7 * (1 + i)), profiled).misplaced).toBeCloseTo(0, 6);
    expect(compareShares(FEATURES, us((i) => 7 * (1 + i)), profiled)).toMatchObject({ top: 1, slowest: true });
  });

  it("differ by the time that is booked elsewhere", () => {
    const last = COUNT - 1;
    const agreement = compareShares(FEATURES, us((i) => (i === 0 ? 1 : 0)), us((i) => (i === last ? 1 : i === 0 ? 1 : 0)));
    expect(agreement.misplaced).toBeCloseTo(0.5, 6);
  });

  it("miss what is slow in one of them alone", () => {
    const { top, slowest } = compareShares(FEATURES, us((i) => (i === 0 ? 100 : i)), us((i) => (i === COUNT - 1 ? 100 : COUNT - i)));
    expect(slowest).toBe(false);
    expect(top).toBeLessThan(1);
  });
});

describe("the figure of operators", () => {
  /** A FAKE predictor: a microsecond for each kernel. */
  const predictor: LatencyPredictor<ModelFeatures> = {
    embed: (features) => features,
    predict: ({ facts }) => ({ totalUs: facts.length, kernelUs: new Float32Array(facts.length).fill(1) }),
    dispose: () => undefined,
  };
  const example = (kernelUs: Float32Array | null) => ({ id: "net", family: "synthetic", features: FEATURES, latencyUs: 1, kernelUs });
  const barsOf = (...profiles: (Float32Array | null)[]) =>
    operatorFigure(predictProfiled(predictor, profiles.map(example))).panels.map((panel) => (panel.kind === "bars" ? panel.bars : []));

  it("shows each class's share of the profiled time, and none of it wrong where the prediction is in proportion", () => {
    const [time = [], off = []] = barsOf(us(() => 3), null);
    expect(time.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)).toBeCloseTo(100, 4);
    for (const { values } of off) expect(values[0]).toBeCloseTo(0, 4);
  });

  it("shows what is booked wrongly as a share of the class's own time", () => {
    const { kernelClass } = FEATURES.facts[0] ?? {};
    const own = FEATURES.facts.filter((facts) => facts.kernelClass === kernelClass).length / COUNT;
    // All of the time is the first kernel's; the prediction gives it one part in COUNT, and its class others.
    const [, off = []] = barsOf(us((i) => (i === 0 ? 1 : 0)));
    expect(off).toHaveLength(1);
    expect(off[0]?.name).toBe(kernelClass);
    expect(off[0]?.values[0]).toBeCloseTo(100 * (1 - 1 / COUNT + (own - 1 / COUNT)), 3);
  });
});
