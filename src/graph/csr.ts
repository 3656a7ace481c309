import type { CsrMatrix } from "./types.js";

/** The edges of a graph: edge i goes from rows[i] to columns[i]. */
export interface Edges {
  readonly rows: ArrayLike<number>;
  readonly columns: ArrayLike<number>;
}

/** Rows of distinct, ascending columns from an unordered list of edges; one that is repeated counts once. */
export function csrFromEdges(size: number, { rows, columns }: Edges): CsrMatrix {
  const starts = new Uint32Array(size + 1);
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? 0;
    starts[row + 1] = (starts[row + 1] ?? 0) + 1;
  }
  for (let row = 0; row < size; row += 1) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
  const all = new Uint32Array(rows.length);
  const next = starts.slice();
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] ?? 0;
    const at = next[row] ?? 0;
    all[at] = columns[i] ?? 0;
    next[row] = at + 1;
  }
  const rowOffsets = new Uint32Array(size + 1);
  let used = 0;
  for (let row = 0; row < size; row += 1) {
    const [start, end] = [starts[row] ?? 0, starts[row + 1] ?? 0];
    if (!isAscending(all, start, end)) all.subarray(start, end).sort();
    let previous = -1;
    for (let at = start; at < end; at += 1) {
      const column = all[at] ?? 0;
      // What is written never passes what is still to be read.
      if (column !== previous) all[used++] = column;
      previous = column;
    }
    rowOffsets[row + 1] = used;
  }
  return { size, rowOffsets, columns: all.slice(0, used) };
}

function isAscending(columns: Uint32Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) if ((columns[at] ?? 0) < (columns[at - 1] ?? 0)) return false;
  return true;
}
