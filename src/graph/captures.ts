import type { OnnxGraph, OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";

/** Subgraphs within subgraphs beyond this are refused: the walk over them goes as deep as they do. */
export const MAX_SUBGRAPH_DEPTH = 200;

/**
 * Names that the subgraphs of a file may take from around them, in all. One that is read at the bottom of many nested loops
 * is taken by each of them: time is nodes times depth there, and only there.
 */
export const MAX_CAPTURES = 200_000;

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_GRAPHS: readonly OnnxGraph[] = [];

interface Captures {
  /** Names that a graph takes from around it. */
  readonly names: ReadonlySet<string>;
  /** How many it takes, and the graphs within it, each from what is around itself. */
  readonly total: number;
}

/** By graph: nested ones are asked again at each level around them. */
const CAPTURES = new WeakMap<OnnxGraph, Captures>();

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
 * @throws ModelError("limit-exceeded") for subgraphs nested deeper than {@link MAX_SUBGRAPH_DEPTH}, or that take over
 *   {@link MAX_CAPTURES} names.
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
  return capturesOf(graph, depth).names;
}

/** @throws ModelError("limit-exceeded") where the subgraphs of these nodes take over {@link MAX_CAPTURES} names in all. */
export function assertFewCaptures(nodes: readonly { readonly node: OnnxNode }[]): void {
  let total = 0;
  for (const { node } of nodes) for (const graph of subgraphsOf(node)) total = added(total, capturesOf(graph, 1).total);
}

function capturesOf(graph: OnnxGraph, depth: number): Captures {
  assertSubgraphDepth(depth);
  const known = CAPTURES.get(graph);
  if (known !== undefined) return known;
  const defined = definedNames(graph);
  const names = new Set<string>();
  let within = 0;
  const use = (name: string): void => {
    if (name !== "" && !defined.has(name)) names.add(name);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(use);
    for (const subgraph of subgraphsOf(node)) {
      const inner = capturesOf(subgraph, depth + 1);
      inner.names.forEach(use);
      within = added(within, inner.total);
    }
  }
  for (const output of graph.outputs) use(output.name);
  const captures = { names, total: added(within, names.size) };
  CAPTURES.set(graph, captures);
  return captures;
}

function added(total: number, more: number): number {
  if (total + more <= MAX_CAPTURES) return total + more;
  throw new ModelError("limit-exceeded", `subgraphs take more than ${MAX_CAPTURES} tensors from around them`);
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
