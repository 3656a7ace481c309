import { describe, expect, it } from "vitest";
import { syntheticGraph } from "../../test/helper/synthetic.js";
import { ALGORITHM_NUMBERS, winogradWork } from "./algorithm-numbers.js";
import { ENGINE_SCHEMA, FACTOR_SCHEMA, factorFeatures } from "./factor-features.js";
import type { KernelFacts } from "./kernel-facts.js";
import { modelFeatures } from "./model-features.js";

const features = modelFeatures(syntheticGraph(24, 2), { engine: "ncnn", channelBlock: 0 });
const [conv] = features.facts.filter(({ kernelClass }) => kernelClass === "conv");
if (conv === undefined) throw new Error("no convolution");
/** 3x3 over 14 x 28 pixels, 32 channels to 48. */
const PLAIN: KernelFacts = {
  ...conv,
  kernelHeight: 3,
  kernelWidth: 3,
  stride: 1,
  dilation: 1,
  groups: 1,
  inChannels: 32,
  outChannels: 48,
  outArea: 14 * 28,
  outWidth: 28,
  macs: 9 * 32 * 48 * 14 * 28,
};

describe("winogradWork", () => {
  it("counts whole tiles of output pixels", () => {
    // 8 - 3 + 1 = 6 pixels a tile: 5 tiles along a row, 3 along a column.
    expect(winogradWork(PLAIN, 8)).toEqual({ macs: 15 * 64 * 32 * 48, moved: 15 * 64 * 80 });
    expect(winogradWork(PLAIN, 4)).toEqual({ macs: 14 * 7 * 16 * 32 * 48, moved: 14 * 7 * 16 * 80 });
    expect(winogradWork({ ...PLAIN, kernelHeight: 5, kernelWidth: 5 }, 6)?.macs).toBe(14 * 7 * 36 * 32 * 48);
  });

  it("is nothing where the algorithm does not apply", () => {
    const others: readonly Partial<KernelFacts>[] = [
      { stride: 2 },
      { dilation: 2 },
      { kernelHeight: 1 },
      { kernelHeight: 1, kernelWidth: 1, kernelClass: "conv-pointwise" },
      { kernelClass: "conv-grouped", groups: 2 },
      { outWidth: 0 },
    ];
    for (const other of others) expect(winogradWork({ ...PLAIN, ...other }, 8)).toBeNull();
    expect(winogradWork({ ...PLAIN, kernelHeight: 7, kernelWidth: 7 }, 6)).toBeNull();
  });
});

describe("the schema of engines", () => {
  it("is that of factors with what decides between algorithms among the numbers", () => {
    const { matrix, schema } = factorFeatures(features, ENGINE_SCHEMA);
    expect(schema.hash).not.toBe(FACTOR_SCHEMA.hash);
    expect(schema.width).toBe(FACTOR_SCHEMA.width + ALGORITHM_NUMBERS.length);
    expect(matrix).toHaveLength(features.facts.length * schema.width);
    const shared = factorFeatures(features).matrix;
    for (const name of ["logMacs", "operands", "readers", "first"]) {
      const column = (names: readonly string[], width: number, from: Float32Array): Float32Array =>
        from.filter((_, i) => i % width === names.indexOf(name));
      expect(column(schema.names, schema.width, matrix)).toEqual(column(FACTOR_SCHEMA.names, FACTOR_SCHEMA.width, shared));
    }
  });

  it("is finite for kernels of any size", () => {
    const odd = [{ groups: 5 }, { inChannels: 0, outChannels: 0 }, { outArea: 0, outWidth: 0 }, { insideShare: 0 }];
    for (const other of odd) {
      for (const [name, value] of ALGORITHM_NUMBERS) expect(value({ ...PLAIN, ...other }), name).toSatisfy(Number.isFinite);
    }
  });
});
