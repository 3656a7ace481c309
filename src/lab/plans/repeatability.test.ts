import { describe, expect, it } from "vitest";
import type { MeasuredCell, PlanRow } from "./plan-row.js";
import { describeShortfalls } from "./reached.js";
import { describeRepeatability, repeatability } from "./repeatability.js";

function row(model: string, repeat: number, us: number, fields: Partial<MeasuredCell> = {}): PlanRow {
  const cell = { kind: "measured", model, engine: "mnn", placement: "all.1", state: "idle", repeat, steady: true };
  return { ...cell, passes: [{ runsUs: [1e6] }, { runsUs: [us, us, us] }], ...fields } as unknown as MeasuredCell;
}

describe("repeatability", () => {
  it("compares the repeats of a cell with each other, by the pass that counts, for each engine and state", () => {
    const rows = [row("a", 1, 100), row("b", 1, 10), row("a", 2, 110), row("b", 2, 10, { steady: false }), row("c", 1, 5), row("a", 1, 90, { state: "busy" })];
    const [idle, ...more] = repeatability(rows);
    expect(more).toEqual([]);
    expect(idle).toMatchObject({ engine: "mnn", state: "idle", cells: 2, unsteady: 1 });
    expect(idle?.medianGap).toBeCloseTo(10 / 105 / 2);
    expect(idle?.largeGap).toBeCloseTo((0.9 * 10) / 105);
    expect(describeRepeatability(repeatability(rows)).lines).toEqual([["mnn", "idle", "2", "4.8", "8.6", "1"]]);
  });

  it("says nothing of a plan without repeats", () => {
    expect(repeatability([row("a", 1, 100), row("b", 1, 100)])).toEqual([]);
  });
});

describe("describeShortfalls", () => {
  const none = { utilization: null, traffic: null, clock: null };

  it("says what is not as asked, and why that may be", () => {
    const utilization = { asked: 0.3, reached: 0.7, within: false, by: "cores", own: 0 } as const;
    const traffic = { asked: 20, reached: 6.04, within: false, cores: 2 };
    const clock = { asked: 2400, reached: 1800, within: false };
    expect(describeShortfalls({ utilization, traffic, clock })).toEqual([
      "utilization 70 %, not 30 % as asked: other programs use these cores",
      "memory traffic 6.04 GB/s, not 20 GB/s as asked: 2 cores give no more",
      "clock 1800 MHz, not 2400 as asked: a thermal or power limit may hold it",
    ]);
  });

  it("says nothing where all is as asked, or nothing was asked, or the device does not tell", () => {
    expect(describeShortfalls(none)).toEqual([]);
    expect(describeShortfalls({ ...none, clock: { asked: 2400, reached: null, within: null } })).toEqual([]);
  });
});
