import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../test/helper/synthetic.js";
import type { KernelClass } from "../features/kernel-class.js";
import type { KernelFacts } from "../features/kernel-facts.js";
import { fitMixes, MixJudge, MIXES_PATTERN } from "./mixes.js";

const [KERNEL] = syntheticFeatures(16, 2).facts;
if (KERNEL === undefined) throw new Error("no kernel");

/** A network of one kernel of each class, which moves so many bytes. */
const network = (bytes: Partial<Record<KernelClass, number>>): KernelFacts[] =>
  Object.entries(bytes).map(([kernelClass, bytesIn]) => ({ ...KERNEL, kernelClass: kernelClass as KernelClass, known: true, flops: 0, bytesIn, bytesOut: 0, bytesWeights: 0 }));

const judgeOf = (...networks: KernelFacts[][]): MixJudge => new MixJudge(fitMixes(networks));

describe("mixes of kernels", () => {
  it("are alike where shares are, however large the networks are", () => {
    expect(judgeOf(network({ conv: 30, relu: 10 })).judge(network({ relu: 1e6, conv: 3e6 }))?.unlike).toBeCloseTo(0, 6);
  });

  it("have nothing in common at a distance of 1", () => {
    expect(judgeOf(network({ conv: 30 })).judge(network({ matmul: 30 }))?.unlike).toBe(1);
  });

  it("differ by Hellinger's distance", () => {
    const { unlike, most } = judgeOf(network({ conv: 90, relu: 10 })).judge(network({ conv: 40, relu: 30, add: 30 })) ?? {};
    expect(unlike).toBeCloseTo(Math.sqrt(1 - Math.sqrt(0.9 * 0.4) - Math.sqrt(0.1 * 0.3)), 6);
    expect(most?.kernelClass).toBe("conv");
    expect(most?.share).toBeCloseTo(0.4, 6);
    expect(most?.nearestShare).toBeCloseTo(0.9, 6);
  });

  it("are compared with the nearest network, not with all", () => {
    const judge = judgeOf(network({ conv: 100 }), network({ matmul: 100 }), network({ conv: 50, matmul: 50 }));
    for (const asked of [{ conv: 7 }, { matmul: 7 }, { matmul: 7, conv: 7 }]) expect(judge.judge(network(asked))?.unlike).toBeCloseTo(0, 6);
    expect(judge.judge(network({ conv: 75, matmul: 25 }))?.unlike).toBeGreaterThan(0.1);
  });

  it("count a kernel by what takes longer, its arithmetic or its bytes", () => {
    const computing = network({ conv: 10, relu: 10 }).map((kernel) => (kernel.kernelClass === "conv" ? { ...kernel, flops: 900 } : kernel));
    expect(judgeOf(network({ conv: 90, relu: 10 })).judge(computing)?.unlike).toBeCloseTo(0, 6);
  });

  it("are kept by few networks, near which all others lie", () => {
    const networks = Array.from({ length: 300 }, (_, i) => network({ conv: 500 + i, relu: 500 - i }));
    const mixes = fitMixes(networks);
    expect(mixes.classes).toEqual(["conv", "relu"]);
    expect(mixes.networks).toMatch(new RegExp(MIXES_PATTERN));
    expect(mixes.networks.split(";").length).toBeLessThan(30);
    const judge = new MixJudge(JSON.parse(JSON.stringify(mixes)) as typeof mixes);
    for (const each of networks) expect(judge.judge(each)?.unlike).toBeLessThan(0.03);
  });

  it("say nothing of a network of which nothing is known", () => {
    const judge = judgeOf(network({ conv: 1 }));
    expect(judge.judge(network({ conv: 1 }).map((kernel) => ({ ...kernel, known: false })))).toBeNull();
    expect(judge.judge([])).toBeNull();
  });

  it("are all unlike where no network trained", () => {
    expect(judgeOf().judge(network({ conv: 1 }))?.unlike).toBe(1);
  });
});
