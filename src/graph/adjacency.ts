import { csrFromEdges } from "./csr.js";
import type { CsrMatrix, GraphNode, GraphValue, NodeId } from "./types.js";

/** Directed adjacency of the nodes: row i holds those that read one of node i's outputs, each once, ascending. */
export function buildAdjacency(nodes: readonly GraphNode[], values: readonly GraphValue[]): CsrMatrix {
  const edges: (readonly [NodeId, NodeId])[] = [];
  for (const value of values) {
    if (value.producer === null) continue;
    for (const consumer of value.consumers) edges.push([value.producer, consumer]);
  }
  return csrFromEdges(nodes.length, edges);
}
