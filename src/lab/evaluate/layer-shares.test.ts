import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../test/helper/synthetic.js";
import { compareShares } from "./layer-shares.js";

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
