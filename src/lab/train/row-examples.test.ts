import { describe, expect, it } from "vitest";
import { meanState } from "./row-examples.js";

describe("the mean of state readings", () => {
  it("is taken field by field", () => {
    const mean = meanState([
      { utilization: 0.2, bandwidthGBs: 10, frequencyMHz: 2000, runDelayRatio: 0 },
      { utilization: 0.4, bandwidthGBs: 20, frequencyMHz: 3000, runDelayRatio: 1 },
    ]);
    expect(mean.utilization).toBeCloseTo(0.3, 12);
    expect(mean).toMatchObject({ bandwidthGBs: 15, frequencyMHz: 2500, runDelayRatio: 0.5 });
  });

  it("is over the readings that have the field", () => {
    expect(meanState([{ utilization: 0.25 }, {}, { utilization: 0.75, bandwidthGBs: 8 }])).toEqual({ utilization: 0.5, bandwidthGBs: 8 });
  });

  it("leaves out what no reading has", () => {
    expect(meanState([{}, {}])).toEqual({});
    expect(meanState([])).toEqual({});
  });

  it("keeps a zero", () => {
    expect(meanState([{ runDelayRatio: 0 }])).toEqual({ runDelayRatio: 0 });
  });
});
