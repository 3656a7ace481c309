import { describe, expect, it } from "vitest";
import { concatColumns } from "./columns.js";

describe("concatColumns", () => {
  it("puts matrices of the same rows side by side", () => {
    const left = { matrix: Float32Array.of(1, 2, 3, 4), width: 2 };
    const right = { matrix: Float32Array.of(5, 6), width: 1 };
    expect([...concatColumns([left, right])]).toEqual([1, 2, 5, 3, 4, 6]);
  });

  it("copies a single matrix", () => {
    const matrix = Float32Array.of(1, 2);
    const copy = concatColumns([{ matrix, width: 1 }]);
    expect([...copy]).toEqual([1, 2]);
    expect(copy).not.toBe(matrix);
  });

  it("may have no rows or no parts", () => {
    expect(concatColumns([])).toHaveLength(0);
    expect(concatColumns([{ matrix: new Float32Array(0), width: 3 }])).toHaveLength(0);
  });
});
