import type { CsrMatrix } from "./types.js";

/**
 * Rows of distinct, ascending columns from an unordered list of [row, column] pairs; repeated pairs count once.
 * O(edges log edges).
 */
export function csrFromEdges(size: number, edges: readonly (readonly [number, number])[]): CsrMatrix {
  const sorted = [...edges].sort(([rowA, columnA], [rowB, columnB]) => rowA - rowB || columnA - columnB);
  const rowOffsets = new Uint32Array(size + 1);
  const columns: number[] = [];
  let previous: readonly [number, number] | undefined;
  for (const edge of sorted) {
    if (previous !== undefined && previous[0] === edge[0] && previous[1] === edge[1]) continue;
    previous = edge;
    columns.push(edge[1]);
    rowOffsets[edge[0] + 1] = columns.length;
  }
  // Rows without edges start where the row before them ends.
  for (let row = 1; row <= size; row += 1) {
    rowOffsets[row] = Math.max(rowOffsets[row] ?? 0, rowOffsets[row - 1] ?? 0);
  }
  return { size, rowOffsets, columns: Uint32Array.from(columns) };
}
