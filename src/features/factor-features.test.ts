import { describe, expect, it } from "vitest";
import { syntheticGraph } from "../../test/helper/synthetic.js";
import { blockedMacs, FACTOR_SCHEMA, factorFeatures } from "./factor-features.js";
import { KERNEL_CLASSES } from "./kernel-class.js";
import { modelFeatures } from "./model-features.js";
import { withStandIns } from "./stand-ins.js";

const features = modelFeatures(syntheticGraph(24, 2), { engine: "torch", channelBlock: 0 });
const { matrix, logRoughUs } = factorFeatures(features);
const column = (name: string): number => FACTOR_SCHEMA.names.indexOf(name);
const value = (row: number, name: string): number | undefined => matrix[row * FACTOR_SCHEMA.width + column(name)];

describe("factor features", () => {
  it("have one row per kernel, of one class each", () => {
    expect(matrix).toHaveLength(features.facts.length * FACTOR_SCHEMA.width);
    features.facts.forEach(({ kernelClass }, row) => {
      const classes = [...matrix.subarray(row * FACTOR_SCHEMA.width, row * FACTOR_SCHEMA.width + KERNEL_CLASSES.length)];
      expect(classes.reduce((sum, flag) => sum + flag, 0)).toBe(1);
      expect(value(row, `class:${kernelClass}`)).toBe(1);
    });
  });

  it("know a rough latency of every kernel whose cost is known", () => {
    expect([...logRoughUs].every(Number.isFinite)).toBe(true);
    const unknown = { ...features, facts: features.facts.map((facts, i) => (i === 0 ? { ...facts, known: false } : facts)) };
    expect(factorFeatures(unknown).logRoughUs[0]).toBe(-Infinity);
  });

  it("tell what stands around a kernel from the graph's edges", () => {
    expect(value(0, "first")).toBe(1);
    expect(features.facts.some((_, row) => value(row, "first") === 0)).toBe(true);
    const { rowOffsets, columns } = features.kernelGraph.adjacency;
    features.facts.forEach((_, row) => {
      for (const reader of columns.subarray(rowOffsets[row], rowOffsets[row + 1])) {
        if (value(row, "is:convolution") === 1) expect(value(reader, "after:convolution")).toBe(1);
        if (value(reader, "is:convolution") === 1) expect(value(row, "before:convolution")).toBe(1);
      }
    });
  });

  it("fill channels up to whole blocks, by group", () => {
    const [conv] = features.facts.filter(({ kernelClass }) => kernelClass === "conv");
    if (conv === undefined) throw new Error("no convolution");
    const base = { ...conv, macs: 100, inChannels: 6, outChannels: 10, groups: 1 };
    expect(blockedMacs(base, 4)).toBeCloseTo(100 * (8 / 6) * (12 / 10));
    expect(blockedMacs({ ...base, groups: 2 }, 4)).toBeCloseTo(100 * (4 / 3) * (8 / 5));
    expect(blockedMacs({ ...base, kernelClass: "add" }, 4)).toBe(100);
  });

  it("let classes that were never seen be stood in for by what is like them, and others be", () => {
    const row = new Float32Array(FACTOR_SCHEMA.width);
    row[column("class:hard-swish")] = 1;
    const seen = (name: string) => (index: number) => KERNEL_CLASSES[index] === name;
    expect(withStandIns(row, row.length, seen("relu"))[column("class:relu")]).toBe(1);
    expect(withStandIns(row, row.length, seen("relu"))[column("class:hard-swish")]).toBe(0);
    expect(withStandIns(row, row.length, seen("gemm"))).toEqual(row);
    expect(withStandIns(row, row.length, seen("hard-swish"))).toEqual(row);
  });
});
