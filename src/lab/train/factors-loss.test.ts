import { describe, expect, it } from "vitest";
import { createRandom } from "../../model/random.js";
import type { Batch, Item } from "./factors-batches.js";
import { factorsLoss } from "./factors-loss.js";

const RANK = 2;
const CONFIGURATIONS = 3;
/** The batch was measured in the first and the last. */
const COLUMNS = [0, 2];

function itemOf(kernels: number, measured: readonly number[], logLatency: number, parts: Item["parts"] = []): Item {
  const mask = Float32Array.from({ length: CONFIGURATIONS }, (_, column) => (measured.includes(column) ? 1 : 0));
  return { inputs: new Float32Array(), kernels, logBaseUs: [], logLatency: mask.map((is) => is * logLatency), mask, parts };
}

const part = { kernels: [0, 2], logLatency: Float32Array.of(1.5, 0, 0), share: Float32Array.of(0.6, 0, 0) };
const batch: Batch = {
  items: [itemOf(3, [0, 2], 2.5, [part]), itemOf(2, [2], 1)],
  columns: COLUMNS,
  base: Float32Array.from({ length: 5 * COLUMNS.length }, (_, i) => 0.1 * i),
};

const random = createRandom(5);
const numbers = (length: number): number[] => Array.from({ length }, () => 0.5 * random.normal());
const output = numbers(5 * (RANK + 1));
const vectors = numbers(CONFIGURATIONS * (RANK + 2));
const lossOf = (partWeight: number, of: readonly number[] = output, at: readonly number[] = vectors): ReturnType<typeof factorsLoss> =>
  factorsLoss(batch, of, at, { rank: RANK, partWeight });

describe("factorsLoss", () => {
  it("is smooth L1 of the logarithms of sums, as it is written down", () => {
    const us = (kernel: number, column: number): number => {
      const [u0 = 0, u1 = 0, a = 0] = output.slice(kernel * 3);
      const [v0 = 0, v1 = 0, s = 0] = vectors.slice(column * 4);
      return Math.exp((batch.base[kernel * 2 + COLUMNS.indexOf(column)] ?? 0) + a + u0 * v0 + u1 * v1 + s);
    };
    const total = (column: number, kernels: readonly number[]): number => kernels.reduce((sum, kernel) => sum + us(kernel, column), Math.exp(vectors[column * 4 + 3] ?? 0));
    // All of these errors are beyond 3 %.
    const off = (error: number): number => Math.abs(error) - 0.015;
    const graphs = [
      off(Math.log(total(0, [0, 1, 2])) - 2.5),
      off(Math.log(total(2, [0, 1, 2])) - 2.5),
      off(Math.log(total(2, [3, 4])) - 1),
    ];
    const graphsLoss = graphs.reduce((sum, error) => sum + error, 0) / 3;
    expect(lossOf(0).value).toBeCloseTo(graphsLoss, 6);
    expect(lossOf(2).value).toBeCloseTo(graphsLoss + 2 * off(Math.log(us(0, 0) + us(2, 0)) - 1.5), 6);
  });

  it.each([0, 0.7])("has the slopes that differences show, parts weighing %s", (partWeight) => {
    const step = 1e-5;
    const slope = (values: readonly number[], i: number, valueAt: (moved: readonly number[]) => number): number => {
      const moved = (by: number): number[] => values.map((value, at) => (at === i ? value + by : value));
      return (valueAt(moved(step)) - valueAt(moved(-step))) / (2 * step);
    };
    const loss = lossOf(partWeight);
    output.forEach((_, i) => {
      expect(loss.output[i], `output ${i}`).toBeCloseTo(slope(output, i, (moved) => lossOf(partWeight, moved).value), 5);
    });
    vectors.forEach((_, i) => {
      expect(loss.vectors[i], `vectors ${i}`).toBeCloseTo(slope(vectors, i, (moved) => lossOf(partWeight, output, moved).value), 5);
    });
  });

  it("leaves what was not measured alone", () => {
    const { vectors: slopes, output: byOutput } = lossOf(1);
    expect([...slopes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(slopes.some((slope) => slope !== 0)).toBe(true);
    const onlySecond = factorsLoss({ ...batch, items: batch.items.map((item, i) => (i === 0 ? itemOf(3, [], 0) : item)) }, output, vectors, { rank: RANK, partWeight: 1 });
    expect([...onlySecond.output.subarray(0, 9)].every((slope) => slope === 0)).toBe(true);
    expect(byOutput.subarray(0, 9).some((slope) => slope !== 0)).toBe(true);
  });

  it("has quadratic errors below 3 %", () => {
    const one: Batch = { items: [itemOf(1, [0], 0)], columns: [0], base: Float32Array.of(Math.log(0.01)) };
    const small = factorsLoss(one, [0, 0, 0], [0, 0, 0, 0, ...vectors.slice(4)], { rank: RANK, partWeight: 0 });
    expect(small.value).toBeCloseTo(Math.log(1.01) ** 2 / 0.06, 6);
  });
});
