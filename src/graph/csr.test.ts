import { describe, expect, it } from "vitest";
import { csrFromEdges } from "./csr.js";

describe("csrFromEdges", () => {
  it("sorts rows and columns numerically", () => {
    const matrix = csrFromEdges(12, [
      [11, 2],
      [2, 10],
      [2, 9],
      [0, 11],
    ]);
    expect([...matrix.columns]).toEqual([11, 9, 10, 2]);
    expect([...matrix.rowOffsets]).toEqual([0, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]);
  });

  it("counts repeated pairs once", () => {
    const matrix = csrFromEdges(2, [
      [0, 1],
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
    expect([...matrix.columns]).toEqual([1, 1]);
    expect([...matrix.rowOffsets]).toEqual([0, 1, 2]);
  });

  it("has rows without columns at both ends", () => {
    const matrix = csrFromEdges(4, [[1, 2]]);
    expect([...matrix.rowOffsets]).toEqual([0, 0, 1, 1, 1]);
  });

  it("may be empty", () => {
    expect(csrFromEdges(0, [])).toEqual({ size: 0, rowOffsets: Uint32Array.of(0), columns: new Uint32Array(0) });
    expect([...csrFromEdges(2, []).rowOffsets]).toEqual([0, 0, 0]);
  });

  it("leaves the list that it is given as it was", () => {
    const edges: [number, number][] = [
      [1, 0],
      [0, 1],
    ];
    csrFromEdges(2, edges);
    expect(edges).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
