import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from "../onnx/types.js";
import { lookupOperator } from "../ops/index.js";
import { ModelError } from "../wire/errors.js";
import { assertSubgraphDepth, subgraphsOf } from "./captures.js";
import { FreshNames } from "./fresh-names.js";
import { instantiate } from "./function-instance.js";
import { UnfoldingBudget } from "./unfolding-budget.js";

/** A node with the opsets in force where it stands: a function brings its own. */
export interface ScopedNode {
  readonly node: OnnxNode;
  readonly opsets: ReadonlyMap<string, number>;
}

const MAX_CALL_DEPTH = 100;

/**
 * The nodes of a model with the calls of model-local functions replaced by their bodies, in subgraphs too. A function
 * whose name is an operator that is known is left to that operator. One that cannot be opened from what is kept of the
 * file (a body with attributes of a kind that is not read) stays a call, which nothing is known of.
 *
 * @throws ModelError("invalid-graph") for functions that call themselves; ModelError("limit-exceeded") where the bodies
 *   add up to too many nodes or too deep a nesting.
 */
export function inlineFunctions(model: OnnxModel): readonly ScopedNode[] {
  const { graph, opsets } = model;
  if (model.functions.length === 0) return graph.nodes.map((node) => ({ node, opsets }));
  return new Inliner(model).run();
}

/** Where a node stands while functions are opened. */
interface Place {
  readonly callers: readonly OnnxFunction[];
  readonly subgraphDepth: number;
}

class Inliner {
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  private readonly names: FreshNames;
  private readonly budget = new UnfoldingBudget();

  constructor(private readonly model: OnnxModel) {
    this.functions = new Map(model.functions.filter(canBeOpened).map((body) => [keyOf(body.domain, body.name), body]));
    this.names = new FreshNames(allNames(model.graph));
  }

  run(): readonly ScopedNode[] {
    const { graph, opsets } = this.model;
    return this.openAll(graph.nodes, opsets, { callers: [], subgraphDepth: 0 });
  }

  private openAll(nodes: readonly OnnxNode[], opsets: ScopedNode["opsets"], place: Place): readonly ScopedNode[] {
    const opened: ScopedNode[] = [];
    for (const node of nodes) this.open({ node, opsets: node.opsets ?? opsets }, place, opened);
    return opened;
  }

  private open(scoped: ScopedNode, place: Place, opened: ScopedNode[]): void {
    this.budget.countVisit();
    const body = this.bodyOf(scoped);
    if (body === undefined) {
      opened.push({ node: this.withOpenedSubgraphs(scoped, place), opsets: scoped.opsets });
      return;
    }
    const { callers, subgraphDepth } = place;
    const detail = { node: scoped.node.name, opType: scoped.node.opType };
    if (callers.includes(body)) throw new ModelError("invalid-graph", `function "${body.name}" calls itself`, detail);
    if (callers.length >= MAX_CALL_DEPTH) {
      throw new ModelError("limit-exceeded", `functions call each other more than ${MAX_CALL_DEPTH} deep`, detail);
    }
    const within = { callers: [...callers, body], subgraphDepth };
    for (const node of instantiate(scoped.node, body, (wanted) => this.names.fresh(wanted), this.budget)) {
      this.open({ node, opsets: body.opsets }, within, opened);
    }
  }

  private withOpenedSubgraphs({ node, opsets }: ScopedNode, { callers, subgraphDepth }: Place): OnnxNode {
    if (subgraphsOf(node).length === 0) return node;
    const place = { callers, subgraphDepth: subgraphDepth + 1 };
    assertSubgraphDepth(place.subgraphDepth);
    const opened = [...node.attributes].map(([name, attribute]): [string, OnnxAttribute] => {
      if (attribute.kind !== "graph") return [name, attribute];
      const nodes = this.openAll(attribute.value.nodes, opsets, place).map((inner) => withOpsets(inner, opsets));
      return [name, { kind: "graph", value: { ...attribute.value, nodes } }];
    });
    return { ...node, attributes: new Map(opened) };
  }

  private bodyOf({ node, opsets }: ScopedNode): OnnxFunction | undefined {
    const body = this.functions.get(keyOf(node.domain, node.opType));
    if (body === undefined) return undefined;
    const known = lookupOperator(node.domain, node.opType, opsets.get(node.domain) ?? 1);
    return known === undefined ? body : undefined;
  }
}

/** A node of a subgraph that says which opsets are its own, where they are not those around it. */
function withOpsets({ node, opsets }: ScopedNode, around: ScopedNode["opsets"]): OnnxNode {
  return opsets === around ? node : { ...node, opsets };
}

/** The names of a graph and of the subgraphs in it, at any depth. */
function allNames(graph: OnnxGraph): Set<string> {
  const names = new Set<string>();
  const open = [graph];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { name } of [...next.inputs, ...next.initializers]) names.add(name);
    for (const node of next.nodes) {
      for (const name of [...node.inputs, ...node.outputs]) names.add(name);
      open.push(...subgraphsOf(node));
    }
  }
  return names;
}

function keyOf(domain: string, name: string): string {
  return `${domain}:${name}`;
}

function canBeOpened(body: OnnxFunction): boolean {
  const open = [body.nodes];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop()) {
    for (const node of nodes) {
      if (![...node.attributes.values()].every(isKept)) return false;
      open.push(...subgraphsOf(node).map((graph) => graph.nodes));
    }
  }
  return true;
}

function isKept(attribute: OnnxAttribute): boolean {
  return attribute.kind !== "other" || attribute.reference !== undefined;
}
