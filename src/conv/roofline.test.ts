import { describe, expect, it } from "vitest";
import { lower, Network } from "../../test/helper/network.js";
import { kernelFacts, type KernelFacts } from "../features/kernel-facts.js";
import { fitRoofline, type MeasuredKernel, ROOFLINE_TERMS, rooflineKey, rooflineUs } from "./roofline.js";

const network = new Network();
const [BASE] = kernelFacts(lower(network.graph(network.conv(network.input([1, 9, 8, 8]), 9, 9))), 8);

/** Synthetic: kernels of one class whose quantities do not follow one another. */
function kernels(count: number, changes: Partial<KernelFacts> = {}): KernelFacts[] {
  if (BASE === undefined) throw new Error("the convolution has no kernel");
  const base = BASE;
  return Array.from({ length: count }, (_, i) => ({
    ...base,
    paddedMacs: 1e4 * 3 ** (i % 7),
    bytesIn: 1e3 * 2 ** (i % 11),
    bytesOut: 500 * 2 ** (i % 5),
    bytesWeights: 700 * 2 ** (i % 9),
    im2colBytes: 300 * 2 ** (i % 8),
    outChannels: 8 * (1 + (i % 6)),
    outArea: 4 ** (i % 4),
    ...changes,
  }));
}

/** Synthetic: a device that obeys the roofline exactly. */
function trueUs({ paddedMacs, bytesIn, bytesOut, bytesWeights, im2colBytes }: KernelFacts): number {
  return 3 + paddedMacs / 20_000 + (bytesIn + bytesOut) / 9000 + bytesWeights / 4000 + im2colBytes / 8000;
}

function measured(facts: readonly KernelFacts[], scale = 1): MeasuredKernel[] {
  return facts.map((kernel) => ({ facts: kernel, latencyUs: scale * trueUs(kernel) }));
}

function atScale(kernel: KernelFacts, factor: number): KernelFacts {
  const { paddedMacs, bytesIn, bytesOut, bytesWeights, im2colBytes } = kernel;
  return {
    ...kernel,
    paddedMacs: factor * paddedMacs,
    bytesIn: factor * bytesIn,
    bytesOut: factor * bytesOut,
    bytesWeights: factor * bytesWeights,
    im2colBytes: factor * im2colBytes,
  };
}

describe("the roofline on synthetic kernels", () => {
  const rows = measured(kernels(300));
  const model = fitRoofline(rows);

  it("reproduces a device that obeys it", () => {
    for (const { facts, latencyUs } of rows) expect(rooflineUs(model, facts) / latencyUs).toBeCloseTo(1, 2);
  });

  it("extrapolates to kernels a hundred times as large", () => {
    for (const kernel of kernels(20).map((facts) => atScale(facts, 100))) {
      expect(rooflineUs(model, kernel) / trueUs(kernel)).toBeCloseTo(1, 1);
    }
  });

  it("has no negative cost", () => {
    const coefficients = model.coefficients.get("conv") ?? [];
    expect(coefficients).toHaveLength(ROOFLINE_TERMS.length);
    expect(Math.min(...coefficients)).toBeGreaterThanOrEqual(0);
  });

  it("is fitted for each class and layout by itself", () => {
    const blocked = kernels(300, { blocked: true });
    const both = fitRoofline([...rows, ...measured(blocked, 0.25)]);
    expect([...both.coefficients.keys()]).toEqual(["conv", "conv/blocked"]);
    for (const facts of blocked.slice(0, 20)) expect(rooflineUs(both, facts) / trueUs(facts)).toBeCloseTo(0.25, 2);
  });

  it("lets a layout that was measured stand in for one that was not", () => {
    const [kernel] = kernels(1);
    if (kernel === undefined) throw new Error("no kernel");
    expect(rooflineKey({ ...kernel, blocked: true })).toBe("conv/blocked");
    expect(rooflineUs(model, { ...kernel, blocked: true })).toBe(rooflineUs(model, kernel));
  });
});

describe("a class that was hardly measured", () => {
  const known = measured(kernels(50, { kernelClass: "relu", macs: 0 }));

  it("is answered for by kernels without MACs of all classes", () => {
    const few = measured(kernels(11, { kernelClass: "softmax", macs: 0 }), 50);
    const model = fitRoofline([...known, ...few]);
    expect(model.coefficients.has("softmax")).toBe(false);
    const [unseen] = kernels(1, { kernelClass: "gather", macs: 0 });
    const [softmax] = few;
    if (unseen === undefined || softmax === undefined) throw new Error("no kernel");
    expect(rooflineUs(model, softmax.facts)).toBeCloseTo(rooflineUs(model, unseen), 9);
  });

  it("has a fit of its own from 12 measurements on", () => {
    const enough = measured(kernels(12, { kernelClass: "softmax", macs: 0 }), 50);
    expect(fitRoofline([...known, ...enough]).coefficients.has("softmax")).toBe(true);
  });
});

it("never says less than half a microsecond, not even without any measurement", () => {
  const model = fitRoofline([]);
  for (const kernel of kernels(3)) expect(rooflineUs(model, kernel)).toBe(0.5);
});
