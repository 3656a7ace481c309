import type { OnnxGraph } from "../onnx/types.js";
import { UNKNOWN_FACT } from "../ops/facts.js";
import { checkedAdd } from "../shapes/dims.js";
import type { Body } from "./body-table.js";
import type { InferredNode } from "./build-inference.js";
import { type StoredWeights, storedWeights } from "./build-totals.js";
import { subgraphsOf } from "./captures.js";

/** All are asked again for each graph around. */
const WEIGHTS = new WeakMap<Body, StoredWeights>();
const UNKNOWNS = new WeakMap<Body, ReadonlyMap<string, number>>();
const SUBGRAPHS = new WeakMap<Body, readonly OnnxGraph[]>();

/** The subgraphs of nodes that may run, at any depth, each once. */
export function bodiesWithin(
  nodes: readonly Pick<InferredNode, "node">[],
  bodies: ReadonlyMap<OnnxGraph, Body>,
): ReadonlySet<Body> {
  const within = new Set<Body>();
  if (bodies.size === 0) return within;
  const open: (readonly OnnxGraph[])[] = [nodes.flatMap(({ node }) => subgraphsOf(node))];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const graph of next) {
      const body = bodies.get(graph);
      if (body === undefined || within.has(body)) continue;
      within.add(body);
      open.push(subgraphsWithin(body));
    }
  }
  return within;
}

function subgraphsWithin(body: Body): readonly OnnxGraph[] {
  const known = SUBGRAPHS.get(body);
  if (known !== undefined) return known;
  const subgraphs = body.nodes.flatMap(({ node }) => subgraphsOf(node));
  SUBGRAPHS.set(body, subgraphs);
  return subgraphs;
}

/** The weights that a subgraph holds itself, without those of the subgraphs in it. */
export function bodyWeights(body: Body): StoredWeights {
  const known = WEIGHTS.get(body);
  if (known !== undefined) return known;
  const { wiring, nodes, facts } = body;
  const values = wiring.values.map(({ role, producer, consumers }, id) => {
    return { role, producer, consumers, fact: facts[id] ?? UNKNOWN_FACT };
  });
  const weights = storedWeights(values, (producer) => nodes[producer]?.node.opType === "Constant");
  WEIGHTS.set(body, weights);
  return weights;
}

/** Elements of the weights that the subgraphs of a node hold, at any depth. */
export function parametersWithin(node: InferredNode, bodies: ReadonlyMap<OnnxGraph, Body>): number {
  if (subgraphsOf(node.node).length === 0) return 0;
  return [...bodiesWithin([node], bodies)].map((body) => bodyWeights(body).parameters).reduce(checkedAdd, 0);
}

/** The operators of a subgraph that are not known, without those of the subgraphs in it. */
export function bodyUnknowns(body: Body): ReadonlyMap<string, number> {
  const known = UNKNOWNS.get(body);
  if (known !== undefined) return known;
  const unknowns = unknownOperators(body.nodes);
  UNKNOWNS.set(body, unknowns);
  return unknowns;
}

/** Operators that are not known, as `domain:opType`, each with how often it occurs. */
export function unknownOperators(nodes: readonly Pick<InferredNode, "node" | "operator">[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { operator, node } of nodes) {
    if (operator !== undefined) continue;
    const name = `${node.domain}:${node.opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
