import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import { batchesOf, type Item } from "./factors-batches.js";

/** A graph of that many kernels, measured in the configurations whose mask is 1. */
function item(kernels: number, ...mask: number[]): Item {
  const logBaseUs = mask.map((measured) => (measured === 1 ? new Float32Array(kernels).fill(kernels) : undefined));
  return { inputs: new Float32Array(kernels), kernels, logBaseUs, logLatency: new Float32Array(mask.length), mask: Float32Array.from(mask) };
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
