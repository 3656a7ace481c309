import { describe, expect, it } from "vitest";
import { syntheticFamily } from "../../test/helper/synthetic.js";
import { KERNEL_CLASSES } from "../features/kernel-class.js";
import { blendedLatencyUs, FACTORS_SHARE, KIND_TERMS, kindLatencies, kindTotals, TERMS_PER_CLASS, withStandInCosts } from "./kind-sums.js";

const facts = syntheticFamily()[0]?.facts ?? [];
const costs = Array.from({ length: KIND_TERMS }, (_, i) => (i === KIND_TERMS - 1 ? 50 : [2, 1e-4, 1e-5, 1e-5, 1e-6, 1e-4][i % TERMS_PER_CLASS] ?? 0));

describe("sums over kinds of kernel", () => {
  it("are the same by kernel and by what the network does as a whole", () => {
    const { totalUs, kernelUs } = kindLatencies(facts, costs);
    const whole = kindTotals(facts).reduce((sum, total, i) => sum + total * (costs[i] ?? 0), 0);
    expect(totalUs / whole).toBeCloseTo(1, 5);
    expect(kernelUs.every((us) => us > 0)).toBe(true);
    expect(totalUs).toBeGreaterThan(kernelUs.reduce((sum, us) => sum + us, 0));
  });

  it("leave kernels of unknown cost out", () => {
    const unknown = facts.map((kernel) => ({ ...kernel, known: false }));
    expect(kindLatencies(unknown, costs).totalUs).toBe(50);
    expect(kindTotals(unknown).reduce((sum, total) => sum + total, 0)).toBe(1);
  });

  it("count pointers where an engine unfolds nothing, and the MACs that its tiles are filled up to", () => {
    const [conv] = facts.filter(({ kernelClass }) => kernelClass === "conv");
    const indirect = facts.map((kernel) => (kernel === conv ? { ...kernel, im2colBytes: 0, inputPointers: 300, paddedMacs: 500 } : kernel));
    const at = TERMS_PER_CLASS * KERNEL_CLASSES.indexOf("conv");
    const ofOthers = kindTotals(facts.filter((kernel) => kernel !== conv));
    const totals = kindTotals(indirect).map((total, i) => total - (ofOthers[i] ?? 0));
    expect([totals[at + 1], totals[at + 4]]).toEqual([500, 300]);
  });

  it("cost what no cache holds alike in every class", () => {
    const beyond = facts.map((kernel, i) => ({ ...kernel, bytesBeyondCache: i === 0 ? 0 : 1000, weightBytesBeyondCache: i === 1 ? 500 : 0 }));
    const dearer = costs.map((cost, i) => (i === KIND_TERMS - 3 ? 0.5 : i === KIND_TERMS - 2 ? 0.2 : cost));
    const before = kindLatencies(facts, costs);
    const after = kindLatencies(beyond, dearer);
    expect([...after.kernelUs].map((us, i) => Math.round(us - (before.kernelUs[i] ?? 0)))).toEqual(facts.map((_, i) => (i === 0 ? 0 : i === 1 ? 600 : 500)));
    const whole = kindTotals(beyond).reduce((sum, total, i) => sum + total * (dearer[i] ?? 0), 0);
    expect(after.totalUs / whole).toBeCloseTo(1, 5);
  });

  it("take the costs of like classes for those that no network had", () => {
    const at = (name: (typeof KERNEL_CLASSES)[number]): number => TERMS_PER_CLASS * KERNEL_CLASSES.indexOf(name);
    const own = new Array<number>(KIND_TERMS).fill(0);
    own[at("relu")] = 7;
    const filled = withStandInCosts(own, (kernelClass) => kernelClass === "relu" || kernelClass === "conv");
    expect(filled[at("hard-swish")]).toBe(7);
    expect(filled[at("conv")]).toBe(0);
  });
});

describe("a blend of a sum and factors", () => {
  it("lies between them, nearer to the factors, where they agree", () => {
    expect(blendedLatencyUs(100, 110)).toBeCloseTo(100 * 1.1 ** FACTORS_SHARE);
    expect(blendedLatencyUs(100, 110)).toBeGreaterThan(105);
  });

  it("stays near the sum where the factors are far off", () => {
    expect(blendedLatencyUs(100, 1000)).toBeCloseTo(100 * Math.exp(0.15 * FACTORS_SHARE));
    expect(blendedLatencyUs(100, 1)).toBeCloseTo(100 * Math.exp(-0.15 * FACTORS_SHARE));
  });

  it("is what the factors say where the sum says nothing", () => {
    expect(blendedLatencyUs(0, 80)).toBe(80);
    expect(blendedLatencyUs(NaN, 80)).toBe(80);
  });
});
