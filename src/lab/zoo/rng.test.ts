import { describe, expect, it } from "vitest";
import { Rng } from "./rng.js";

const draws = (seed: string, count: number): number[] => {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => rng.next());
};

describe("Rng", () => {
  it("repeats its draws for the same seed", () => {
    expect(draws("a", 100)).toEqual(draws("a", 100));
  });

  it("keeps to the draws that ids were given for", () => {
    expect(draws("zoo", 3)).toEqual([0.29438211233355105, 0.7868167986162007, 0.8144311245996505]);
  });

  it("gives unrelated streams for neighbouring seeds", () => {
    const firsts = Array.from({ length: 1000 }, (_, i) => new Rng(`seed/${i}`).next());
    expect(new Set(firsts).size).toBe(1000);
    expect(Math.abs(firsts.reduce((sum, value) => sum + value, 0) / 1000 - 0.5)).toBeLessThan(0.03);
  });

  it("draws integers from both ends of the range and never beyond", () => {
    const rng = new Rng("int");
    const drawn = Array.from({ length: 500 }, () => rng.int(3, 6));
    expect(new Set(drawn)).toEqual(new Set([3, 4, 5, 6]));
  });

  it("spreads log-uniform integers evenly over octaves", () => {
    const rng = new Rng("log");
    const drawn = Array.from({ length: 4000 }, () => rng.logInt(1, 255));
    expect(Math.min(...drawn)).toBe(1);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(255);
    const below16 = drawn.filter((value) => value < 16).length;
    expect(below16 / 4000).toBeCloseTo(0.5, 1);
  });

  it("follows weights, and never takes an item of weight 0", () => {
    const rng = new Rng("weights");
    const drawn = Array.from({ length: 2000 }, () =>
      rng.weighted([
        ["often", 3],
        ["rare", 1],
        ["never", 0],
      ]),
    );
    expect(drawn).not.toContain("never");
    expect(drawn.filter((item) => item === "often").length / 2000).toBeCloseTo(0.75, 1);
  });

  it("refuses to choose among nothing", () => {
    expect(() => new Rng("empty").pick([])).toThrow(RangeError);
    expect(() => new Rng("empty").weighted([])).toThrow(RangeError);
  });
});
