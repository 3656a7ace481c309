import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../test/helper/synthetic.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import { DOMAIN_PATTERN, DomainJudge, fitDomain } from "./domain.js";
import { fitMixes } from "./mixes.js";

/** Networks of two widths train; the classes are those of a small residual network. */
const TRAINED = [16, 32].flatMap((width) => [...syntheticFeatures(width, 2).facts]);
const DOMAIN = fitDomain(TRAINED);
const JUDGE = new DomainJudge(DOMAIN);

function changed(facts: readonly KernelFacts[], index: number, changes: Partial<KernelFacts>): KernelFacts[] {
  return facts.map((kernel, i) => (i === index ? { ...kernel, ...changes } : kernel));
}

function evenly(facts: readonly KernelFacts[]): Float32Array {
  return new Float32Array(facts.length).fill(10);
}

const FACTS = syntheticFeatures(16, 2).facts;
const CONV = FACTS.findIndex(({ kernelClass }) => kernelClass === "conv");
const CHANNELS = FACTS[CONV]?.outChannels ?? NaN;

/** The score of the network where one convolution, of half of the latency, has so many outputs. */
function scoreWith(outChannels: number, domain = JUDGE): number {
  const facts = changed(FACTS, CONV, { outChannels });
  const kernelUs = evenly(facts);
  kernelUs[CONV] = 10 * (facts.length - 1);
  return domain.judge(facts, kernelUs).score;
}

describe("what training saw", () => {
  it("has no score and no reasons", () => {
    expect(JUDGE.judge(TRAINED, evenly(TRAINED))).toEqual({ flag: false, score: 0, reasons: [] });
  });

  it("is still known after a trip through JSON", () => {
    const again = new DomainJudge(JSON.parse(JSON.stringify(DOMAIN)) as typeof DOMAIN);
    expect(again.judge(TRAINED, evenly(TRAINED)).score).toBe(0);
    expect(scoreWith(4096, again)).toBe(scoreWith(4096));
  });

  it("reaches a little further than the kernels themselves", () => {
    expect(scoreWith(Math.floor(1.1 * CHANNELS))).toBe(0);
    expect(scoreWith(Math.ceil(1.15 * CHANNELS))).toBeGreaterThan(0);
  });

  it("is kept by few kernels, near which all others lie", () => {
    const many = Array.from({ length: 400 }, (_, i) => changed(FACTS, CONV, { outChannels: 100 + i })).flat();
    const domain = fitDomain(many);
    expect(domain["conv"]?.split(";").length).toBeLessThan(40);
    expect(domain["conv"]).toMatch(new RegExp(DOMAIN_PATTERN));
    expect(new DomainJudge(domain).judge(many, evenly(many)).score).toBe(0);
  });

  it("is found among many as it is by looking at all", () => {
    const widths = Array.from({ length: 40 }, (_, i) => ({ inChannels: 3 + ((i * 37) % 101), outChannels: 8 + ((i * 53) % 211), outArea: 49 * (1 + (i % 7)) }));
    const trained = widths.flatMap((sizes) => changed(FACTS, CONV, sizes).slice(CONV, CONV + 1));
    const judge = new DomainJudge(fitDomain(trained));
    const asked = widths.map(({ inChannels, outChannels, outArea }) => ({ inChannels: inChannels + 9, outChannels: outChannels + 30, outArea: outArea * 2 }));
    for (const sizes of asked) {
      const [kernel] = changed(FACTS, CONV, sizes).slice(CONV, CONV + 1);
      if (kernel === undefined) throw new Error("no kernel");
      const log = (a: number, b: number): number => Math.log((1 + a) / (1 + b));
      const distances = trained.map((other) =>
        Math.hypot(log(kernel.inChannels, other.inChannels), log(kernel.outChannels, other.outChannels), 0.5 * log(kernel.outArea, other.outArea)),
      );
      const unlike = 1 - 2 ** (-Math.max(0, Math.min(...distances) - 0.1) / 0.2);
      // Of kernels within reach of each other one is kept, which may be the further one.
      expect(Math.abs(judge.judge([kernel], Float32Array.of(1)).score - unlike)).toBeLessThan(0.3);
    }
  });
});

describe("what training did not see", () => {
  it("counts the more, the further it lies, and by its share of the latency", () => {
    const scores = [2.3, 2.8, 4, 8, 128].map((factor) => scoreWith(Math.round(factor * CHANNELS)));
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
    // All of half of the latency.
    expect(scores.at(-1)).toBeCloseTo(0.5, 3);
  });

  it("raises the flag where it is most of the latency", () => {
    const facts = changed(FACTS, CONV, { outChannels: 4096 });
    const flagOf = (us: number): boolean => {
      const kernelUs = evenly(facts);
      kernelUs[CONV] = us;
      return JUDGE.judge(facts, kernelUs).flag;
    };
    const others = 10 * (facts.length - 1);
    expect([flagOf(0.9 * others), flagOf(1.2 * others)]).toEqual([false, true]);
  });

  it("says which class, which quantity and which way", () => {
    const more = JUDGE.judge(changed(FACTS, CONV, { outChannels: 4096 }), evenly(FACTS));
    const less = JUDGE.judge(changed(FACTS, CONV, { inChannels: 1 }), evenly(FACTS));
    expect(more.reasons).toEqual([expect.stringMatching(/^conv kernels with more outChannels than the nearest that was measured \(\d+\.\d % of the latency\)$/)]);
    expect(less.reasons).toEqual([expect.stringContaining("conv kernels with less inChannels")]);
  });

  it("names a class that was never measured", () => {
    const judgement = JUDGE.judge(changed(FACTS, CONV, { kernelClass: "softmax" }), evenly(FACTS));
    expect(judgement.reasons[0]).toContain("no softmax kernel was measured");
  });

  it("is everything where nothing trained", () => {
    const facts = FACTS.map((kernel) => ({ ...kernel, kernelClass: "other" as const }));
    const { flag, score } = new DomainJudge({}).judge(facts, evenly(facts));
    expect(flag).toBe(true);
    expect(score).toBeCloseTo(1, 9);
  });

  it("includes what is not known at all", () => {
    const judgement = JUDGE.judge(changed(FACTS, CONV, { known: false }), evenly(FACTS));
    expect(judgement.reasons[0]).toContain("unknown cost");
  });

  it("gives five reasons at most, the weightiest first", () => {
    const classes = ["softmax", "gather", "split", "slice", "resize", "pad", "reduce"] as const;
    const [kernel] = FACTS;
    if (kernel === undefined) throw new Error("no kernel");
    const facts = classes.map((kernelClass) => ({ ...kernel, kernelClass }));
    const { reasons, score, flag } = JUDGE.judge(facts, Float32Array.from(classes, (_, i) => 1 + i));
    expect(reasons).toHaveLength(5);
    expect(reasons[0]).toContain("no reduce kernel");
    expect(flag).toBe(true);
    expect(score).toBeCloseTo(1, 9);
  });

  it("has no score in a model that takes no time", () => {
    const facts = changed(FACTS, CONV, { outChannels: 4096 });
    expect(JUDGE.judge(facts, new Float32Array(facts.length))).toMatchObject({ flag: false, score: 0 });
  });
});

describe("a mix of kernels that no network had", () => {
  const OTHERS = FACTS.filter((_, i) => i !== CONV);
  const judge = new DomainJudge(DOMAIN, fitMixes([FACTS]));
  const alone = new DomainJudge(DOMAIN);

  it("counts, though every kernel of it was seen", () => {
    expect(alone.judge(OTHERS, evenly(OTHERS)).score).toBe(0);
    expect(judge.judge(OTHERS, evenly(OTHERS)).score).toBeGreaterThan(0);
    expect(judge.judge(FACTS, evenly(FACTS)).score).toBeLessThan(0.03);
  });

  it("adds to kernels that are unlike, and leaves out nothing of them", () => {
    const unlike = changed(OTHERS, 0, { outChannels: 2 * (OTHERS[0]?.outChannels ?? NaN) });
    const [kernels, mix] = [alone.judge(unlike, evenly(unlike)).score, judge.judge(OTHERS, evenly(OTHERS)).score];
    const { score } = judge.judge(unlike, evenly(unlike));
    expect(Math.min(kernels, mix)).toBeGreaterThan(0);
    expect(score).toBeGreaterThan(Math.max(kernels, mix));
    expect(score).toBeLessThan(1);
  });

  it("is a reason where it is far from all, with the class that tells it apart", () => {
    const facts = FACTS.map((kernel) => ({ ...kernel, kernelClass: "softmax" as const }));
    const { reasons, flag } = judge.judge(facts, evenly(facts));
    expect(flag).toBe(true);
    expect(reasons.at(-1)).toMatch(/^no network that was measured divides its work so: \w+ has \d+ % of it, \d+ % in the nearest$/);
  });

  it("is judged by the network alone: latencies play no part", () => {
    const others = Float32Array.from(OTHERS, (_, i) => 1 + i);
    expect(judge.judge(OTHERS, others).score).toBe(judge.judge(OTHERS, evenly(OTHERS)).score);
  });
});
