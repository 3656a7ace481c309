import { describe, expect, it } from "vitest";
import { csrFromEdges } from "./csr.js";
import type { CsrMatrix } from "./types.js";

function matrixOf(size: number, edges: readonly (readonly [number, number])[]): CsrMatrix {
  return csrFromEdges(size, { rows: edges.map(([row]) => row), columns: edges.map(([, column]) => column) });
}

describe("csrFromEdges", () => {
  it("sorts rows and columns numerically", () => {
    const matrix = matrixOf(12, [
      [11, 2],
      [2, 10],
      [2, 9],
      [0, 11],
    ]);
    expect([...matrix.columns]).toEqual([11, 9, 10, 2]);
    expect([...matrix.rowOffsets]).toEqual([0, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]);
  });

  it("counts repeated pairs once", () => {
    const matrix = matrixOf(2, [
      [0, 1],
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
    expect([...matrix.columns]).toEqual([1, 1]);
    expect([...matrix.rowOffsets]).toEqual([0, 1, 2]);
  });

  it("has rows without columns at both ends", () => {
    const matrix = matrixOf(4, [[1, 2]]);
    expect([...matrix.rowOffsets]).toEqual([0, 0, 1, 1, 1]);
  });

  it("may be empty", () => {
    expect(matrixOf(0, [])).toEqual({ size: 0, rowOffsets: Uint32Array.of(0), columns: new Uint32Array(0) });
    expect([...matrixOf(2, []).rowOffsets]).toEqual([0, 0, 0]);
  });

  it("sorts a long row, and leaves the lists that it is given as they were", () => {
    const columns = Array.from({ length: 1000 }, (_, i) => (i * 7) % 500);
    const edges = { rows: columns.map(() => 0), columns: [...columns] };
    expect([...csrFromEdges(1, edges).columns]).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(edges.columns).toEqual(columns);
  });
});
