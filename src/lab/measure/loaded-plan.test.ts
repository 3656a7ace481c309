import { describe, expect, it } from "vitest";
import { loadStates, stateVisits, STAYS_BETWEEN_VISITS } from "./loaded-plan.js";
import { FIRST as PLAN, limited, smoke } from "./plan.js";

const IDS = Array.from({ length: 600 }, (_, i) => `model-${i}`);
// The first plan with two quiet states.
const FIRST: typeof PLAN = { ...PLAN, loaded: { ...PLAN.loaded, states: { ...PLAN.loaded.states, quiet: 2 } } };
const VISITS = stateVisits(FIRST, IDS);

describe("load states", () => {
  it("cover each load alone, both together and neither, each under a name of its own", () => {
    const states = loadStates(FIRST);
    expect(new Set(states.map(({ name }) => name)).size).toBe(states.length);
    const count = (wanted: (u: boolean, t: boolean) => boolean) =>
      states.filter(({ utilization, trafficGBs }) => wanted(utilization > 0, trafficGBs > 0)).length;
    expect(count((u, t) => u && !t)).toBe(15);
    expect(count((u, t) => !u && t)).toBe(10);
    expect(count((u, t) => u && t)).toBe(20);
    expect(count((u, t) => !u && !t)).toBe(2);
  });

  it("stay within their ranges and reach both ends", () => {
    const shares = loadStates(FIRST).map(({ utilization }) => utilization).filter((share) => share > 0);
    expect(Math.min(...shares)).toBe(0.1);
    expect(Math.max(...shares)).toBe(0.9);
  });
});

describe("state visits", () => {
  it("visit every cell five times, in blocks of three and two", () => {
    const cells = new Map<string, number[]>();
    for (const { block, load, modelIds } of VISITS) {
      for (const id of modelIds) cells.set(`${load.name}/${id}`, [...(cells.get(`${load.name}/${id}`) ?? []), block]);
    }
    expect(cells.size).toBe(47 * 10);
    for (const blocks of cells.values()) expect(blocks).toEqual([1, 1, 1, 2, 2]);
  });

  it("have stays in other states between two visits to one state, so that they are over six seconds apart", () => {
    const last = new Map<string, number>();
    for (const [i, { load }] of VISITS.entries()) {
      const before = last.get(load.name);
      if (before !== undefined) expect(i - before).toBeGreaterThan(STAYS_BETWEEN_VISITS);
      last.set(load.name, i);
    }
  });

  it("draw about 250 different models, evenly", () => {
    const first = VISITS.filter(({ visit }) => visit === 1).flatMap(({ modelIds }) => modelIds);
    const uses = new Map<string, number>();
    for (const id of first) uses.set(id, (uses.get(id) ?? 0) + 1);
    expect(uses.size).toBe(250);
    expect(Math.max(...uses.values())).toBeLessThanOrEqual(2);
  });

  it("are the same for the same seed and others for another one", () => {
    expect(stateVisits(FIRST, IDS)).toEqual(VISITS);
    expect(stateVisits({ ...FIRST, seed: "second" }, IDS)).not.toEqual(VISITS);
  });

  it("work for plans with very few states and models", () => {
    expect(stateVisits(smoke(FIRST), IDS.slice(0, 10))).toHaveLength(10);
    const one = stateVisits(limited(FIRST, 1), IDS.slice(0, 4));
    expect(one.every(({ modelIds }) => modelIds.length === 4)).toBe(true);
  });
});
