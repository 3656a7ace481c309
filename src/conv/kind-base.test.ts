import { describe, expect, it } from "vitest";
import { syntheticFamily } from "../../test/helper/synthetic.js";
import { factorFeatures } from "../features/factor-features.js";
import { kindBase } from "./kind-base.js";
import { KIND_TERMS, kindLatencies, TERMS_PER_CLASS } from "./kind-sums.js";

const model = syntheticFamily()[0];
if (model === undefined) throw new Error("There is no synthetic model.");
const { facts } = model;
const { logRoughUs } = factorFeatures(model);
const costs = Array.from({ length: KIND_TERMS }, (_, i) => (i === KIND_TERMS - 1 ? 50 : [2, 1e-4, 1e-5, 1e-5, 1e-6, 1e-4][i % TERMS_PER_CLASS] ?? 0));

describe("the base of a configuration's factors", () => {
  it("is the sum's latency of each kernel, where it is not near nothing", () => {
    const sum = kindLatencies(facts, costs);
    const { kernelUs } = sum;
    const base = kindBase(sum, logRoughUs);
    const largest = kernelUs.indexOf(Math.max(...kernelUs));
    expect(Math.exp(base[largest] ?? NaN) / (kernelUs[largest] ?? NaN)).toBeCloseTo(1, 4);
  });

  it("gives a kind that costs nothing by the sum a share of its rough latency", () => {
    const onlyRun = costs.map((cost, i) => (i % TERMS_PER_CLASS === 1 ? cost : 0));
    const sum = kindLatencies(facts, onlyRun);
    const base = kindBase(sum, logRoughUs);
    expect(base.every(Number.isFinite)).toBe(true);
    const free = facts.findIndex(({ macs, known }) => known && macs === 0);
    expect(free).toBeGreaterThanOrEqual(0);
    expect(base[free]).toBeLessThan(Math.log(sum.totalUs));
  });

  it("is the rough latency where the sum says nothing at all", () => {
    expect(kindBase(kindLatencies(facts, new Array<number>(KIND_TERMS).fill(0)), logRoughUs)).toBe(logRoughUs);
  });

  it("leaves kernels of unknown cost out", () => {
    const unknown = logRoughUs.map((log, i) => (i === 0 ? -Infinity : log));
    expect(kindBase(kindLatencies(facts, costs), unknown)[0]).toBe(-Infinity);
  });
});
