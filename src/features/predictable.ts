import type { Graph, GraphNode, ValueId } from "../graph/types.js";

/**
 * Whether a node's latency follows from its kernel's: its cost is known, it runs no subgraphs, and works on tensors.
 * Nothing that was measured says how long an operator on a sequence takes.
 */
export function isPredictable(graph: Graph, node: GraphNode): boolean {
  return node.cost !== null && isOfKernels(graph, node);
}

/** The same of a node itself, or of everything that it runs a known number of times. */
export function isCovered(graph: Graph, node: GraphNode): boolean {
  if (node.repeats === null) return isPredictable(graph, node);
  const { graph: within } = node.repeats;
  return within.nodes.every((inner) => inner.folded || isCovered(within, inner));
}

/** Whether a node does what kernels do, be its cost known or not: compute tensors from tensors. */
export function isOfKernels({ values }: Graph, { kind, inputs, outputs }: GraphNode): boolean {
  if (kind === "control") return false;
  return areTensors(values, inputs) && areTensors(values, outputs);
}

function areTensors(values: Graph["values"], ids: readonly (ValueId | null)[]): boolean {
  for (const id of ids) if (id !== null && values[id]?.fact.container !== undefined) return false;
  return true;
}
