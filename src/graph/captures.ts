import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";

/** Subgraphs within subgraphs beyond this are refused: the walk over them goes as deep as they do. */
export const MAX_SUBGRAPH_DEPTH = 200;

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_GRAPHS: readonly OnnxGraph[] = [];

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
  for (const graph of subgraphs) collect(graph, new Map(), captured, 1);
  return captured;
}

/** @param visible names defined by the enclosing subgraphs, with how many of them define each. */
function collect(graph: OnnxGraph, visible: Map<string, number>, captured: Set<string>, depth: number): void {
  if (depth > MAX_SUBGRAPH_DEPTH) {
    throw new ModelError("limit-exceeded", `subgraphs are nested more than ${MAX_SUBGRAPH_DEPTH} deep`);
  }
  const defined = definedNames(graph);
  for (const name of defined) visible.set(name, (visible.get(name) ?? 0) + 1);
  const use = (name: string): void => {
    if (name !== "" && (visible.get(name) ?? 0) === 0) captured.add(name);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(use);
    for (const subgraph of subgraphsOf(node)) collect(subgraph, visible, captured, depth + 1);
  }
  for (const output of graph.outputs) use(output.name);
  for (const name of defined) visible.set(name, (visible.get(name) ?? 1) - 1);
}

function definedNames(graph: OnnxGraph): ReadonlySet<string> {
  const names = new Set<string>();
  for (const input of graph.inputs) names.add(input.name);
  for (const initializer of graph.initializers) names.add(initializer.name);
  for (const node of graph.nodes) for (const output of node.outputs) names.add(output);
  return names;
}
