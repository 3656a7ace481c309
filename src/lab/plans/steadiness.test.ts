import { describe, expect, it } from "vitest";
import type { ProbeReading } from "../engines/engine.js";
import { driftBetween, isSteady, spreadOf } from "./steadiness.js";

function probe(cpuNs: number): ProbeReading {
  const half = { wallNs: cpuNs, cpuNs: cpuNs / 2, runDelayNs: 0 };
  return { compute: half, memory: { ...half, trafficBytes: 1 } };
}
const LIMITS = { maxSpread: 0.2, maxDrift: 0.1 };

describe("isSteady", () => {
  it("bears a single outlier among many runs, not a tenth of them", () => {
    const calm = Array<number>(29).fill(100);
    expect(isSteady([...calm, 900], [], [], LIMITS)).toBe(true);
    expect(isSteady([...calm.slice(4), 150, 150, 150, 150], [], [], LIMITS)).toBe(false);
  });

  it("wants the machine as fast afterwards as before, in either direction", () => {
    const runs = [100, 101, 102];
    expect(isSteady(runs, [probe(1000)], [probe(1090)], LIMITS)).toBe(true);
    expect(isSteady(runs, [probe(1000)], [probe(1110)], LIMITS)).toBe(false);
    expect(isSteady(runs, [probe(1000)], [probe(890)], LIMITS)).toBe(false);
  });

  it("measures spread and drift as shares", () => {
    expect(spreadOf([100, 110])).toBeCloseTo(109 / 101 - 1, 10);
    expect(driftBetween([probe(1000), probe(1000), probe(5000)], [probe(1200)])).toBeCloseTo(0.2, 10);
  });
});
