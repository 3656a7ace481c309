import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../test/helper/synthetic.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import { fitDomain, judgeDomain } from "./domain.js";

/** Networks of two widths train; the classes are those of a small residual network. */
const TRAINED = [16, 32].flatMap((width) => [...syntheticFeatures(width, 2).facts]);
const RANGES = fitDomain(TRAINED);

function changed(facts: readonly KernelFacts[], index: number, changes: Partial<KernelFacts>): KernelFacts[] {
  return facts.map((kernel, i) => (i === index ? { ...kernel, ...changes } : kernel));
}

function evenly(facts: readonly KernelFacts[]): Float32Array {
  return new Float32Array(facts.length).fill(10);
}

const FACTS = syntheticFeatures(24, 2).facts;
const CONV = FACTS.findIndex(({ kernelClass }) => kernelClass === "conv");

describe("what training saw", () => {
  it("has no score and no reasons", () => {
    expect(judgeDomain(RANGES, TRAINED, evenly(TRAINED))).toEqual({ flag: false, score: 0, reasons: [] });
  });

  it("includes what lies between", () => {
    expect(judgeDomain(RANGES, FACTS, evenly(FACTS)).score).toBe(0);
  });

  it("is still known after a trip through JSON", () => {
    expect(JSON.parse(JSON.stringify(RANGES))).toEqual(RANGES);
  });

  it("reaches half as far again", () => {
    const most = Math.max(...TRAINED.filter(({ kernelClass }) => kernelClass === "conv").map(({ macs }) => macs));
    const judged = (macs: number): number => judgeDomain(RANGES, changed(FACTS, CONV, { macs }), evenly(FACTS)).score;
    expect(judged(1.49 * most)).toBe(0);
    expect(judged(1.51 * most)).toBeGreaterThan(0);
  });
});

describe("what training did not see", () => {
  it("counts by its share of the latency, and raises the flag above a tenth", () => {
    const facts = changed(FACTS, CONV, { outChannels: 4096 });
    const judged = (us: number): ReturnType<typeof judgeDomain> => {
      const kernelUs = evenly(facts);
      kernelUs[CONV] = us;
      return judgeDomain(RANGES, facts, kernelUs);
    };
    const others = 10 * (facts.length - 1);
    const little = judged(0.09 * others);
    expect(little.flag).toBe(false);
    expect(little.score).toBeCloseTo(0.09 / 1.09, 5);
    expect(judged(0.2 * others)).toMatchObject({ flag: true });
  });

  it("says which class, which quantity and which way", () => {
    const more = judgeDomain(RANGES, changed(FACTS, CONV, { outChannels: 4096 }), evenly(FACTS));
    const less = judgeDomain(RANGES, changed(FACTS, CONV, { macs: 1 }), evenly(FACTS));
    expect(more.reasons).toEqual([expect.stringMatching(/^conv kernels with more outChannels than measured \(\d+\.\d % of the latency\)$/)]);
    expect(less.reasons).toEqual([expect.stringContaining("conv kernels with less macs")]);
  });

  it("names a class that was never measured", () => {
    const judgement = judgeDomain(RANGES, changed(FACTS, CONV, { kernelClass: "softmax" }), evenly(FACTS));
    expect(judgement.reasons[0]).toContain("no softmax kernel was measured");
  });

  it("is everything where nothing trained", () => {
    const facts = FACTS.map((kernel) => ({ ...kernel, kernelClass: "other" as const }));
    const { flag, score } = judgeDomain({}, facts, evenly(facts));
    expect(flag).toBe(true);
    expect(score).toBeCloseTo(1, 9);
  });

  it("includes what is not known at all", () => {
    const judgement = judgeDomain(RANGES, changed(FACTS, CONV, { known: false }), evenly(FACTS));
    expect(judgement.reasons[0]).toContain("unknown cost");
  });

  it("gives five reasons at most, the weightiest first", () => {
    const classes = ["softmax", "gather", "split", "slice", "resize", "pad", "reduce"] as const;
    const [kernel] = FACTS;
    if (kernel === undefined) throw new Error("no kernel");
    const facts = classes.map((kernelClass) => ({ ...kernel, kernelClass }));
    const { reasons, score, flag } = judgeDomain(RANGES, facts, Float32Array.from(classes, (_, i) => 1 + i));
    expect(reasons).toHaveLength(5);
    expect(reasons[0]).toContain("no reduce kernel");
    expect(flag).toBe(true);
    expect(score).toBeCloseTo(1, 9);
  });

  it("has no score in a model that takes no time", () => {
    const facts = changed(FACTS, CONV, { outChannels: 4096 });
    expect(judgeDomain(RANGES, facts, new Float32Array(facts.length))).toMatchObject({ flag: false, score: 0 });
  });
});
