import type { Graph } from "../graph/types.js";
import type { Prediction } from "../predict/types.js";
import { ProblemError } from "./problems.js";

/** Refuses an answer that stands on nothing. Throws ProblemError("unpredictable"). */
export function checkPredictable(graph: Graph, { coverage }: Prediction): void {
  if (graph.nodes.length === 0) throw new ProblemError("unpredictable", "The model has no nodes.");
  if (coverage.flops === 0 && coverage.unsupportedOps.length > 0) {
    const names = coverage.unsupportedOps.join(", ");
    throw new ProblemError("unpredictable", `None of the model's cost is in operators that are known; unknown: ${names}.`, {
      unsupportedOps: coverage.unsupportedOps,
    });
  }
}
