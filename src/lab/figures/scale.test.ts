import { describe, expect, it } from "vitest";
import { linearTicks, logTicks, scaleOf, tickText } from "./scale.js";

describe("an axis", () => {
  it("reaches all values and what it includes, with a little space", () => {
    const { domain, at } = scaleOf({ label: "x", scale: "linear", include: [10] }, [2, 4]);
    expect(domain[0]).toBeCloseTo(2 - 0.04 * 8, 12);
    expect(domain[1]).toBeCloseTo(10 + 0.04 * 8, 12);
    expect(at(domain[0])).toBeCloseTo(0, 12);
    expect(at(domain[1])).toBeCloseTo(1, 12);
    expect(at(6)).toBeCloseTo(0.5, 12);
  });

  it("starts at zero where zero is the least", () => {
    expect(scaleOf({ label: "x", scale: "linear", include: [0] }, [5]).domain[0]).toBe(0);
  });

  it("puts factors at equal distances where it is logarithmic", () => {
    const { at } = scaleOf({ label: "x", scale: "log" }, [1, 10_000]);
    expect(at(10) - at(1)).toBeCloseTo(at(10_000) - at(1000), 12);
    expect(at(100)).toBeCloseTo(0.5, 12);
  });

  it("has room around a single value", () => {
    const { at } = scaleOf({ label: "x", scale: "linear" }, [7, 7]);
    expect(at(7)).toBeCloseTo(0.5, 12);
  });

  it("refuses what it cannot show", () => {
    expect(() => scaleOf({ label: "x", scale: "log" }, [1, 0])).toThrow(RangeError);
    expect(() => scaleOf({ label: "x", scale: "linear" }, [Number.NaN])).toThrow(/NaN on the linear axis "x"/);
    expect(() => scaleOf({ label: "x", scale: "linear" }, [])).toThrow(RangeError);
  });
});

describe("ticks", () => {
  it("are round numbers within the axis", () => {
    expect(linearTicks([0, 1])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([-3, 98])).toEqual([0, 25, 50, 75]);
    expect(linearTicks([0.97, 1.24])).toEqual([1, 1.1, 1.2]);
  });

  it("are powers of ten on a long logarithmic axis, with halves on a short one", () => {
    expect(logTicks([0.05, 2000])).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logTicks([1.5, 120])).toEqual([2, 5, 10, 20, 50, 100]);
    expect(logTicks([1, 1e12])).toEqual([1, 1e2, 1e4, 1e6, 1e8, 1e10, 1e12]);
  });

  it("are written short", () => {
    expect([0.25, 1000, 10_000, 2.5e6, -2e9].map(tickText)).toEqual(["0.25", "1000", "10k", "2.5M", "-2G"]);
  });
});
