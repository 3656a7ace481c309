import { csrFromEdges } from "./csr.js";
import type { CsrMatrix, GraphNode, GraphValue } from "./types.js";

/** Directed adjacency of the nodes: row i holds those that read one of node i's outputs, each once, ascending. */
export function buildAdjacency(nodes: readonly GraphNode[], values: readonly GraphValue[]): CsrMatrix {
  let count = 0;
  for (const { producer, consumers } of values) if (producer !== null) count += consumers.length;
  const rows = new Uint32Array(count);
  const columns = new Uint32Array(count);
  let used = 0;
  for (const { producer, consumers } of values) {
    if (producer === null) continue;
    for (const consumer of consumers) {
      rows[used] = producer;
      columns[used++] = consumer;
    }
  }
  return csrFromEdges(nodes.length, { rows, columns });
}
