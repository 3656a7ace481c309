import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import { FACTOR_SCHEMA } from "../../features/factor-features.js";
import { fitScaler } from "../../model/scaler.js";
import { batchesOf, type Item, itemsOf } from "./factors-batches.js";
import type { FactorSample } from "./factor-sample.js";

/** A graph of that many kernels, measured in the configurations whose mask is 1. */
function item(kernels: number, ...mask: number[]): Item {
  const logBaseUs = mask.map((measured) => (measured === 1 ? new Float32Array(kernels).fill(kernels) : undefined));
  return { inputs: new Float32Array(kernels), kernels, logBaseUs, logLatency: new Float32Array(mask.length), mask: Float32Array.from(mask), parts: [] };
}

const ITEMS = [item(1, 1, 0), item(2, 1, 0), item(3, 1, 0), item(9, 0, 1), item(4, 0, 1), item(2, 0, 1)];
const sizes = (batch: { readonly items: readonly Item[] }): number[] => batch.items.map(({ kernels }) => kernels);

describe("batches of graphs", () => {
  it("hold every graph once, as many as were asked for", () => {
    const batches = batchesOf(ITEMS, { graphs: 4 }, createRandom(1));
    expect(batches.map(({ items }) => items.length)).toEqual([4, 2]);
    expect(batches.flatMap(sizes).sort()).toEqual([1, 2, 2, 3, 4, 9]);
  });

  it("or as many as have that many kernels together, a larger one by itself", () => {
    const batches = batchesOf(ITEMS, { kernels: 6 }, createRandom(1));
    expect(batches.flatMap(sizes).sort()).toEqual([1, 2, 2, 3, 4, 9]);
    for (const batch of batches) {
      const sum = sizes(batch).reduce((a, b) => a + b, 0);
      expect(sum <= 6 || batch.items.length === 1).toBe(true);
    }
    expect(batches.length).toBeLessThan(ITEMS.length);
  });

  it("know the rough latencies of the configurations that any of theirs was measured in, and of no other", () => {
    for (const { items, columns, base } of batchesOf(ITEMS, { graphs: 3 }, createRandom(1))) {
      expect(columns).toHaveLength(1);
      const [column = -1] = columns;
      expect(items.every(({ mask }) => mask[column] === 1)).toBe(true);
      expect([...base]).toEqual(items.flatMap(({ kernels }) => new Array<number>(kernels).fill(kernels)));
    }
  });
});

describe("parts of a graph", () => {
  const KERNELS = 4;
  const features = {
    schema: FACTOR_SCHEMA,
    matrix: new Float32Array(KERNELS * FACTOR_SCHEMA.width),
    // The second kernel's cost is not known.
    logRoughUs: Float32Array.of(0, -Infinity, 1, 2),
  };
  const sampleOf = (id: string, latencyUs: number, parts: FactorSample["parts"] = []): FactorSample => ({
    graphId: "graph",
    family: "made up",
    features,
    configuration: { id, features: {} },
    latencyUs,
    parts,
  });
  const itemOf = (samples: readonly FactorSample[]): Item | undefined =>
    itemsOf(samples, samples.slice(0, 1), samples.map(({ configuration }) => configuration), fitScaler([features.matrix], FACTOR_SCHEMA.width))[0];

  it("are counted among the kernels of known cost, with each configuration's latency and its share", () => {
    const part = (latencyUs: number) => ({ kernels: [2, 3], latencyUs });
    const item = itemOf([sampleOf("one", 100, [part(25), { kernels: [0], latencyUs: 10 }]), sampleOf("two", 50, [part(5)]), sampleOf("three", 1)]);
    expect(item?.parts.map(({ kernels }) => kernels)).toEqual([[1, 2], [0]]);
    expect(item?.parts.map(({ share }) => [...share])).toEqual([
      [0.25, Math.fround(0.1), 0],
      [Math.fround(0.1), 0, 0],
    ]);
    expect(item?.parts[0]?.logLatency[1]).toBeCloseTo(Math.log(5));
  });

  it.each([1, 7])("may not name kernel %d, whose cost is not known or which is not there", (kernel) => {
    expect(() => itemOf([sampleOf("one", 1, [{ kernels: [kernel], latencyUs: 1 }])])).toThrow(`kernel ${kernel}`);
  });
});
