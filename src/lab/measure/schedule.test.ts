import { describe, expect, it } from "vitest";
import { Rng } from "../zoo/index.js";
import { dealt, shuffled, shuffledApart } from "./order.js";
import { FIRST as PLAN } from "./plan.js";
import { schedule, sliceOf } from "./schedule.js";

// The first plan with two rounds of the sweep.
const FIRST: typeof PLAN = { ...PLAN, sweep: { ...PLAN.sweep, rounds: 2 } };

describe("schedule", () => {
  const segments = schedule(FIRST, ["sweep", "idle", "loaded"]);

  it("holds every round, slice and block once", () => {
    const names = segments.map((segment) => JSON.stringify(segment));
    expect(new Set(names).size).toBe(names.length);
    const count = (part: string) => segments.filter((segment) => segment.part === part).length;
    expect([count("idle"), count("sweep"), count("loaded")]).toEqual([6, 4, 2]);
  });

  it("keeps the rounds in order and puts other work between the idle ones", () => {
    const rounds = segments.flatMap((segment) => (segment.part === "idle" ? [segment.round] : []));
    expect(rounds).toEqual([1, 2, 3, 4, 5, 6]);
    const parts = segments.map(({ part }) => part).join();
    expect(parts).not.toContain("idle,idle,idle");
    expect(parts.startsWith("idle")).toBe(true);
    expect(parts.endsWith("idle")).toBe(true);
  });

  it("leaves out the parts that are not asked for", () => {
    expect(schedule(FIRST, ["loaded"]).map(({ part }) => part)).toEqual(["loaded", "loaded"]);
  });

  it("cuts a list into slices that make it up again", () => {
    const items = Array.from({ length: 11 }, (_, i) => i);
    expect([0, 1, 2].flatMap((slice) => sliceOf(items, slice, 3))).toEqual(items);
  });
});

describe("order", () => {
  const items = ["a", "b", "c", "d", "e"];

  it("shuffles without losing anything", () => {
    expect(shuffled(items, new Rng("x")).toSorted()).toEqual(items);
  });

  it("keeps an item away from its place in the previous order, as far as there are items", () => {
    const rng = new Rng("apart");
    for (const list of [items, ["a", "b"], ["a"]]) {
      let all = [...list];
      let previous = all;
      for (let i = 0; i < 50; i++) {
        previous = shuffledApart(list, previous, 2, rng);
        all = [...all, ...previous];
      }
      const gap = Math.min(2, list.length - 1);
      for (const [i, item] of all.entries()) expect(all.slice(i + 1, i + 1 + gap)).not.toContain(item);
    }
  });

  it("deals every item once before any comes again", () => {
    const deck = dealt(items, new Rng("deck"));
    const round = () => items.map(() => deck.next().value).toSorted();
    expect(round()).toEqual(items);
    expect(round()).toEqual(items);
    expect(() => dealt([], new Rng("none")).next()).toThrow(RangeError);
  });
});
