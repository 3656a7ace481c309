import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";

/** Subgraphs within subgraphs beyond this are refused: the walk over them goes as deep as they do. */
export const MAX_SUBGRAPH_DEPTH = 200;

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_GRAPHS: readonly OnnxGraph[] = [];

/** What graphs take from around them, by graph: nested ones are asked again at each level around them. */
const FREE_NAMES = new WeakMap<OnnxGraph, ReadonlySet<string>>();

/** The graphs among a node's attributes: branches of If, bodies of Loop and Scan. */
export function subgraphsOf(node: OnnxNode): readonly OnnxGraph[] {
  if (node.attributes.size === 0) return NO_GRAPHS;
  const graphs: OnnxGraph[] = [];
  for (const attribute of node.attributes.values()) {
    if (attribute.kind === "graph") graphs.push(attribute.value);
  }
  return graphs;
}

/**
 * Names that the subgraphs of a node, at any depth, take from the graph around it: inputs that the node does not list.
 * @throws ModelError("limit-exceeded") for subgraphs nested deeper than {@link MAX_SUBGRAPH_DEPTH}.
 */
export function capturedNames(node: OnnxNode): ReadonlySet<string> {
  const subgraphs = subgraphsOf(node);
  if (subgraphs.length === 0) return NO_NAMES;
  const captured = new Set<string>();
  for (const graph of subgraphs) {
    for (const name of freeNames(graph, 1)) captured.add(name);
  }
  return captured;
}

/**
 * Names that a graph, with the subgraphs of its nodes, reads and does not define.
 * @throws ModelError("limit-exceeded") as {@link capturedNames}.
 */
export function freeNames(graph: OnnxGraph, depth = 1): ReadonlySet<string> {
  assertSubgraphDepth(depth);
  const known = FREE_NAMES.get(graph);
  if (known !== undefined) return known;
  const defined = definedNames(graph);
  const free = new Set<string>();
  const use = (name: string): void => {
    if (name !== "" && !defined.has(name)) free.add(name);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(use);
    for (const subgraph of subgraphsOf(node)) freeNames(subgraph, depth + 1).forEach(use);
  }
  for (const output of graph.outputs) use(output.name);
  FREE_NAMES.set(graph, free);
  return free;
}

/** @throws ModelError("limit-exceeded") over {@link MAX_SUBGRAPH_DEPTH}. */
export function assertSubgraphDepth(depth: number): void {
  if (depth <= MAX_SUBGRAPH_DEPTH) return;
  throw new ModelError("limit-exceeded", `subgraphs are nested more than ${MAX_SUBGRAPH_DEPTH} deep`);
}

function definedNames(graph: OnnxGraph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const input of graph.inputs) names.add(input.name);
  for (const initializer of graph.initializers) names.add(initializer.name);
  for (const node of graph.nodes) for (const output of node.outputs) names.add(output);
  return names;
}
