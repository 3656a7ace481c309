import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { UNKNOWN_FACT } from "../ops/facts.js";
import { checkedAdd } from "../shapes/dims.js";
import type { Body } from "./body-table.js";
import { type StoredWeights, storedWeights } from "./build-totals.js";
import { subgraphsOf } from "./captures.js";

/** The weights that a subgraph holds itself, without those of the subgraphs in it. */
export function bodyWeights({ wiring, nodes, facts }: Body): StoredWeights {
  const values = wiring.values.map((value, id) => ({ ...value, fact: facts[id] ?? UNKNOWN_FACT }));
  return storedWeights(values, (producer) => nodes[producer]?.node.opType === "Constant");
}

/** Elements of the weights that the subgraphs of a node hold, at any depth. */
export function parametersWithin(node: OnnxNode, bodies: ReadonlyMap<OnnxGraph, Body>): number {
  let parameters = 0;
  const open = [...subgraphsOf(node)];
  for (let graph = open.pop(); graph !== undefined; graph = open.pop()) {
    const body = bodies.get(graph);
    if (body === undefined) continue;
    parameters = checkedAdd(parameters, bodyWeights(body).parameters);
    for (const inner of body.nodes) open.push(...subgraphsOf(inner.node));
  }
  return parameters;
}
