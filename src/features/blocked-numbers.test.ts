import { describe, expect, it } from "vitest";
import { syntheticGraph } from "../../test/helper/synthetic.js";
import { BLOCKED_NUMBERS } from "./blocked-numbers.js";
import { BLOCKED_SCHEMA, ENGINE_SCHEMA, factorFeatures, roughUs } from "./factor-features.js";
import type { KernelFacts } from "./kernel-facts.js";
import { modelFeatures } from "./model-features.js";

const features = modelFeatures(syntheticGraph(24, 2), { engine: "onnxruntime", channelBlock: 8 });
const [conv] = features.facts.filter(({ kernelClass, blocked }) => kernelClass === "conv" && blocked);
if (conv === undefined) throw new Error("no blocked convolution");
const CONV: KernelFacts = conv;
const roughBlockedUs = (facts: KernelFacts): number => roughUs(BLOCKED_SCHEMA, facts);

describe("the schema of an engine with a blocked layout", () => {
  it("is that of engines with what its blocks compute", () => {
    const { matrix, schema, logRoughUs } = factorFeatures(features, BLOCKED_SCHEMA);
    expect(schema.hash).not.toBe(ENGINE_SCHEMA.hash);
    expect(schema.names.filter((name) => !ENGINE_SCHEMA.names.includes(name))).toEqual(BLOCKED_NUMBERS.map(([name]) => name));
    const column = schema.names.indexOf("blocked");
    expect(features.facts.map((_, row) => matrix[row * schema.width + column])).toEqual(features.facts.map(({ blocked }) => (blocked ? 1 : 0)));
    expect(logRoughUs.every(Number.isFinite)).toBe(true);
  });

  it("describes to the slowdown what the features of a kernel alone describe", () => {
    const { slowdownColumns, names } = BLOCKED_SCHEMA;
    const described = slowdownColumns?.map((column) => names[column]) ?? [];
    expect(described).toContain("logPaddedMacs");
    expect(described.filter((name) => name === undefined || /^(is|after|before):|winograd/i.test(name))).toEqual([]);
    expect(ENGINE_SCHEMA.slowdownColumns).toBeNull();
  });

  it("is finite for kernels of any size", () => {
    for (const other of [{ groups: 5 }, { outChannels: 0 }, { outWidth: 0 }, { macs: 0, paddedMacs: 0 }, { channelBlock: 0 }]) {
      for (const [name, value] of BLOCKED_NUMBERS) expect(value({ ...CONV, ...other }), name).toSatisfy(Number.isFinite);
    }
  });
});

describe("a rough latency", () => {
  it("is of what the blocks compute: channels filled up, and a window over single channels by vectors that do little", () => {
    expect(roughBlockedUs({ ...CONV, paddedMacs: 2 * CONV.paddedMacs })).toBeGreaterThan(roughBlockedUs(CONV));
    expect(roughBlockedUs({ ...CONV, kernelClass: "conv-depthwise" })).toBeGreaterThan(roughBlockedUs(CONV));
    expect(roughBlockedUs({ ...CONV, kernelClass: "view" })).toBeLessThan(roughBlockedUs(CONV));
  });

  it("reads a product's weights faster where the run left them in the cache", () => {
    const gemm: KernelFacts = { ...CONV, kernelClass: "gemm", bytesWeights: 4e6 };
    expect(roughBlockedUs({ ...gemm, runBytes: 200e6 })).toBeGreaterThan(2 * roughBlockedUs({ ...gemm, runBytes: 5e6 }));
    expect(roughBlockedUs({ ...CONV, runBytes: 200e6 })).toBe(roughBlockedUs({ ...CONV, runBytes: 5e6 }));
  });
});
