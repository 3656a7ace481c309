import type { CsrMatrix } from "./types.js";

/** Rows of distinct, ascending columns from an unordered list of [row, column] pairs; repeated pairs count once. */
export function csrFromEdges(size: number, edges: readonly (readonly [number, number])[]): CsrMatrix {
  const starts = new Uint32Array(size + 1);
  for (const [row] of edges) starts[row + 1] = (starts[row + 1] ?? 0) + 1;
  for (let row = 0; row < size; row += 1) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
  const all = new Uint32Array(edges.length);
  const next = starts.slice();
  for (const [row, column] of edges) {
    const at = next[row] ?? 0;
    all[at] = column;
    next[row] = at + 1;
  }
  const rowOffsets = new Uint32Array(size + 1);
  let used = 0;
  for (let row = 0; row < size; row += 1) {
    const columns = all.subarray(starts[row], starts[row + 1]);
    if (columns.length > 1) columns.sort();
    let previous = -1;
    for (const column of columns) {
      // What is written never passes what is still to be read.
      if (column !== previous) all[used++] = column;
      previous = column;
    }
    rowOffsets[row + 1] = used;
  }
  return { size, rowOffsets, columns: all.slice(0, used) };
}
