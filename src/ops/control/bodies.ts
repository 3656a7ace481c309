import { graphAttr } from "../../onnx/attributes.js";
import type { OnnxGraph, OnnxNode } from "../../onnx/types.js";
import { checkedMul } from "../../shapes/dims.js";
import { ModelError } from "../../wire/errors.js";
import { contradiction, malformed } from "../checks.js";
import type { Bodies, Cost, InferenceContext } from "../operator.js";

/**
 * A graph attribute that the operator cannot do without.
 * @throws ModelError("malformed")
 */
export function requiredGraph(node: OnnxNode, name: string): OnnxGraph {
  const graph = graphAttr(node, name);
  if (graph !== undefined) return graph;
  throw malformed(node, name, `attribute "${name}" is missing`);
}

/** The graphs of the node, which whoever infers a node with graphs provides. */
export function bodiesOf({ node, bodies }: InferenceContext<unknown>): Bodies {
  if (bodies !== undefined) return bodies;
  throw new Error(`${node.opType} is inferred without its graphs`);
}

/**
 * How many outputs a graph has beyond those that it must have.
 * @throws ModelError("invalid-graph") where it has too few.
 */
export function outputsBeyond(node: OnnxNode, name: string, graph: OnnxGraph, required: number): number {
  const beyond = graph.outputs.length - required;
  if (beyond >= 0) return beyond;
  throw contradiction(node, name, `${name} has ${graph.outputs.length} outputs and should have ${required}`);
}

/**
 * The work of a graph that runs a number of times.
 * @throws ModelError("unresolved-dimension") where either is not known; ModelError("limit-exceeded") past the safe
 *   integers.
 */
export function repeatedCost(cost: Cost | null, times: number | null): Cost {
  if (times === 0) return { macs: 0, flops: 0, bytesRead: 0, bytesWritten: 0 };
  if (cost === null) throw new ModelError("unresolved-dimension", "the work of a subgraph is not known");
  if (times === null) throw new ModelError("unresolved-dimension", "how often a subgraph runs is not known");
  return {
    macs: checkedMul(cost.macs, times),
    flops: checkedMul(cost.flops, times),
    bytesRead: checkedMul(cost.bytesRead, times),
    bytesWritten: checkedMul(cost.bytesWritten, times),
  };
}
