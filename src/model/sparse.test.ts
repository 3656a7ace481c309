import { describe, expect, it } from "vitest";

import type { CsrMatrix } from "../graph/types.js";
import {
  blockDiagonal,
  normalizedAdjacency,
  segmentMatrix,
  segmentsOfSizes,
  sparseTimesDense,
  transposed,
  type SparseMatrix,
} from "./sparse.js";

/** 0 -> 1, 0 -> 2, 1 -> 2, and 3 by itself. */
const DIAMOND: CsrMatrix = {
  size: 4,
  rowOffsets: Uint32Array.of(0, 2, 3, 3, 3),
  columns: Uint32Array.of(1, 2, 2),
};

function toDense({ rowCount, columnCount, rowOffsets, columns, values }: SparseMatrix): number[][] {
  return Array.from({ length: rowCount }, (_, row) => {
    const dense = new Array<number>(columnCount).fill(0);
    for (let k = rowOffsets[row] ?? 0; k < (rowOffsets[row + 1] ?? 0); k++) {
      const column = columns[k] ?? 0;
      dense[column] = (dense[column] ?? 0) + (values[k] ?? 0);
    }
    return dense;
  });
}

describe("normalizedAdjacency", () => {
  it("is D^-1/2 (A + A^T + I) D^-1/2", () => {
    const third = 1 / 3;
    const expected = [
      [third, third, third, 0],
      [third, third, third, 0],
      [third, third, third, 0],
      [0, 0, 0, 1],
    ];
    for (const [i, row] of toDense(normalizedAdjacency(DIAMOND)).entries()) {
      for (const [j, value] of row.entries()) expect(value).toBeCloseTo(expected[i]?.[j] ?? NaN, 6);
    }
  });

  it("weighs by the degrees of both ends", () => {
    const chain: CsrMatrix = { size: 3, rowOffsets: Uint32Array.of(0, 1, 2, 2), columns: Uint32Array.of(1, 2) };
    const dense = toDense(normalizedAdjacency(chain));
    expect(dense[0]?.[1]).toBeCloseTo(1 / Math.sqrt(6), 6);
    expect(dense[1]?.[0]).toBeCloseTo(1 / Math.sqrt(6), 6);
    expect(dense[1]?.[1]).toBeCloseTo(1 / 3, 6);
    expect(dense[0]?.[2]).toBe(0);
  });

  it("of no nodes is empty", () => {
    const empty = normalizedAdjacency({ size: 0, rowOffsets: Uint32Array.of(0), columns: new Uint32Array(0) });
    expect(sparseTimesDense(empty, new Float32Array(0), 3)).toHaveLength(0);
  });
});

describe("sparseTimesDense", () => {
  const matrix: SparseMatrix = {
    rowCount: 2,
    columnCount: 3,
    rowOffsets: Uint32Array.of(0, 2, 3),
    columns: Uint32Array.of(0, 2, 1),
    values: Float32Array.of(2, -1, 3),
  };

  it("multiplies", () => {
    expect([...sparseTimesDense(matrix, Float32Array.of(1, 2, 3, 4, 5, 6), 2)]).toEqual([-3, -2, 9, 12]);
  });

  it("refuses a dense matrix of another height", () => {
    expect(() => sparseTimesDense(matrix, new Float32Array(4), 2)).toThrow(RangeError);
  });

  it("of the transposed matrix agrees with the dense transposition", () => {
    const dense = toDense(matrix);
    expect(toDense(transposed(matrix))).toEqual([0, 1, 2].map((j) => dense.map((row) => row[j])));
    expect(transposed(transposed(matrix))).toBe(matrix);
  });
});

describe("blockDiagonal", () => {
  it("keeps graphs apart: the product of a batch is the products of its graphs", () => {
    const adjacency = normalizedAdjacency(DIAMOND);
    const single = normalizedAdjacency({ size: 1, rowOffsets: Uint32Array.of(0, 0), columns: new Uint32Array(0) });
    const batch = blockDiagonal([adjacency, single, adjacency]);
    const x = Float32Array.from({ length: 9 * 2 }, (_, i) => i * i);
    const product = sparseTimesDense(batch, x, 2);
    expect(product.subarray(0, 8)).toEqual(sparseTimesDense(adjacency, x.slice(0, 8), 2));
    expect(product.subarray(8, 10)).toEqual(x.subarray(8, 10));
    expect(product.subarray(10)).toEqual(sparseTimesDense(adjacency, x.slice(10), 2));
  });

  it("of nothing is empty", () => expect(blockDiagonal([]).rowCount).toBe(0));
});

describe("segmentMatrix", () => {
  const x = Float32Array.of(1, 10, 3, 30, 5, 50);

  it("adds rows up by segment, in any order, empty segments included", () => {
    expect([...sparseTimesDense(segmentMatrix([2, 0, 2], 3, "sum"), x, 2)]).toEqual([3, 30, 0, 0, 6, 60]);
  });

  it("averages rows by segment", () => {
    expect([...sparseTimesDense(segmentMatrix(segmentsOfSizes([1, 2]), 2, "mean"), x, 2)]).toEqual([1, 10, 4, 40]);
  });

  it("refuses a segment that is not there", () => {
    expect(() => segmentMatrix([0, 3], 3, "sum")).toThrow(/segment 3 of 3/);
    expect(() => segmentMatrix([0.5], 3, "sum")).toThrow(RangeError);
  });
});
