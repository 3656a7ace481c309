import { summarize, type GraphSummary } from "../graph/summary.js";
import type { Graph } from "../graph/types.js";

export interface ModelDescription extends Omit<GraphSummary, "nodes"> {
  readonly nodeCount: number;
}

/** What GET /models/{id} says of a model: its graph's summary without the nodes. */
export function describeModel(graph: Graph): ModelDescription {
  const { nodes, ...rest } = summarize(graph);
  return { ...rest, nodeCount: nodes.length };
}
