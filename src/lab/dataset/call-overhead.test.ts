import { describe, expect, it } from "vitest";
import { callOverheadUs } from "./call-overhead.js";

describe("what a run costs beside its kernels", () => {
  it("is about what the shortest of many single operators take, not the luckiest one", () => {
    const singles = [1, ...Array.from({ length: 999 }, (_, i) => 20 + i)];
    expect(callOverheadUs(singles)).toBeGreaterThanOrEqual(20);
    expect(callOverheadUs(singles)).toBeLessThan(40);
  });

  it("is nothing where nothing was measured", () => {
    expect(callOverheadUs([])).toBe(0);
  });
});
