import { describe, expect, it } from "vitest";
import { STATE_FEATURE_NAMES, stateVector } from "./state-vector.js";
import type { HardwareState } from "./state.js";

function told(state: HardwareState): Record<string, number | undefined> {
  const { values, mask } = stateVector(state);
  const entries = STATE_FEATURE_NAMES.flatMap((name, i) => (mask[i] === 1 ? [[name, values[i]] as const] : []));
  return Object.fromEntries(entries);
}

describe("the state vector", () => {
  it("tells of an empty state that everything is missing", () => {
    const { values, mask } = stateVector({});
    expect(values).toEqual(new Float32Array(STATE_FEATURE_NAMES.length));
    expect(mask).toEqual(new Float32Array(STATE_FEATURE_NAMES.length));
  });

  it("tells a zero from what is missing", () => {
    expect(told({ utilization: 0, runDelayRatio: 0 })).toEqual({ utilization: 0, runDelayRatio: 0 });
  });

  it("takes numbers as they are", () => {
    expect(told({ frequencyMHz: 2450, utilization: 0.5, bandwidthGBs: 12.5, runDelayRatio: 0.25 })).toEqual({
      frequencyMHz: 2450,
      utilization: 0.5,
      bandwidthGBs: 12.5,
      runDelayRatio: 0.25,
    });
  });

  it("turns counters into logarithms of rates per millisecond", () => {
    const state = told({ counters: { instructions: 1000 * (Math.E - 1), cpuClockMs: 500, intervalMs: 1000 } });
    expect(state["counters.instructions"]).toBeCloseTo(1, 6);
    expect(state["counters.cpuClockMs"]).toBe(0.5);
    expect(Object.keys(state)).toHaveLength(2);
  });

  it.each([undefined, 0, -1])("counts counters over an interval of %s as missing", (intervalMs) => {
    const counters = { l1dAccess: 10, cpuCycles: 10, cpuClockMs: 10, ...(intervalMs === undefined ? {} : { intervalMs }) };
    expect(told({ counters })).toEqual({});
  });
});
