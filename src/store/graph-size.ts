import { createHash } from "node:crypto";
import type { Graph } from "../graph/types.js";

// Measured order of magnitude of V8's objects for one node, value or attribute; strings and elements come on top.
const NODE_BYTES = 700;
const VALUE_BYTES = 400;
const ELEMENT_BYTES = 16;
const CHARACTER_BYTES = 2;

/** Estimated heap of a graph in bytes: enough to bound a cache, not an accounting. */
export function estimateGraphBytes(graph: Graph): number {
  let bytes = 4 * (graph.adjacency.columns.length + graph.adjacency.rowOffsets.length);
  for (const node of graph.nodes) {
    bytes += NODE_BYTES + CHARACTER_BYTES * node.name.length + ELEMENT_BYTES * (node.inputs.length + node.outputs.length);
    if (node.repeats !== null) bytes += estimateGraphBytes(node.repeats.graph);
  }
  for (const { name, fact, consumers } of graph.values) {
    const elements = (fact.shape?.length ?? 0) + (fact.value?.length ?? 0) + consumers.length;
    bytes += VALUE_BYTES + CHARACTER_BYTES * name.length + ELEMENT_BYTES * elements;
  }
  return bytes;
}

/** sha256 (hex) of everything in a graph that its modelId leaves out and answers repeat: names and the producer. */
export function digestNames(graph: Graph): string {
  const hash = createHash("sha256");
  const add = (name: string) => hash.update(`${name.length}:${name}`);
  add(graph.name);
  add(graph.producer);
  for (const node of graph.nodes) add(node.name);
  for (const value of graph.values) add(value.name);
  return hash.digest("hex");
}
