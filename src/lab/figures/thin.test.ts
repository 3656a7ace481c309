import { describe, expect, it } from "vitest";
import { type Pixel, thinned } from "./thin.js";

const crowd: Pixel[] = Array.from({ length: 5000 }, (_, i) => [100 + (i % 71) / 10, 50 + (i % 53) / 10]);

describe("thinning points", () => {
  it("leaves few points alone", () => {
    const points: Pixel[] = [[1, 1], [5, 5], [9, 2]];
    expect(thinned([points], 10)).toEqual([points]);
  });

  it("keeps to the limit, and the lone point beside a crowd", () => {
    const alone: Pixel = [400, 300];
    const [kept = []] = thinned([[...crowd, alone]], 50);
    expect(kept.length).toBeLessThanOrEqual(50);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept).toContainEqual(alone);
  });

  it("thins each list by itself, so that none hides another", () => {
    const [first = [], second = []] = thinned([crowd, crowd], 40);
    expect(first).toEqual(second);
    expect(second.length).toBeGreaterThan(0);
  });

  it("keeps a point of every list whatever the limit", () => {
    expect(thinned([[[1, 1]], [[800, 2]], [[3, 900]]], 1).map((points) => points.length)).toEqual([1, 1, 1]);
  });
});
