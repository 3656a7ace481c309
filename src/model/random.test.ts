import { describe, expect, it } from "vitest";

import { createRandom } from "./random.js";

describe("the seeded random stream", () => {
  it("repeats for the same seed and differs for a neighbouring one", () => {
    const draw = (seed: number): number[] => {
      const random = createRandom(seed);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(new Set([...draw(7), ...draw(8)]).size).toBe(16);
  });

  it("draws uniform and normal numbers with the right moments", () => {
    const random = createRandom(1);
    const count = 50_000;
    const uniform = Array.from({ length: count }, () => random.uniform());
    const normal = Array.from({ length: count }, () => random.normal());
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
    expect(mean(uniform)).toBeCloseTo(0.5, 1.7);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(Math.abs(mean(normal))).toBeLessThan(0.02);
    expect(Math.abs(mean(normal.map((value) => value ** 2)) - 1)).toBeLessThan(0.03);
  });

  it("shuffles every item to every place equally often, undefined items too", () => {
    const random = createRandom(2);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 8000; round++) {
      const place = random.shuffle(["a", undefined, "c", "d"]).indexOf("d");
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(counts).toHaveLength(4);
    expect(new Set(random.shuffle(["a", undefined, "c"]))).toEqual(new Set(["a", undefined, "c"]));
    expect(random.shuffle([])).toEqual([]);
  });

  it("draws integers below the bound", () => {
    const random = createRandom(3);
    expect(new Set(Array.from({ length: 200 }, () => random.integer(3)))).toEqual(new Set([0, 1, 2]));
  });
});
