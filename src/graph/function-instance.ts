import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxNode, OnnxValueInfo } from "../onnx/types.js";
import { subgraphsOf } from "./captures.js";
import { labelOf, nameWithin } from "./fresh-names.js";
import type { UnfoldingBudget } from "./unfolding-budget.js";

/**
 * The nodes of a function's body for one call: with the call's tensors in the place of the formal inputs and outputs, and
 * fresh names for all others, those in subgraphs included.
 *
 * @throws ModelError("limit-exceeded") as soon as the budget is spent
 */
export function instantiate(
  call: OnnxNode,
  body: OnnxFunction,
  freshName: (wanted: string) => string,
  budget: UnfoldingBudget,
): readonly OnnxNode[] {
  return new FunctionInstance(call, body, freshName, budget).nodes();
}

type Rename = (name: string) => string;

class FunctionInstance {
  private readonly label: string;
  private readonly names = new Map<string, string>([["", ""]]);
  private readonly passedThrough: OnnxNode[] = [];

  constructor(
    private readonly call: OnnxNode,
    private readonly body: OnnxFunction,
    private readonly freshName: (wanted: string) => string,
    private readonly budget: UnfoldingBudget,
  ) {
    this.label = labelOf(call);
    for (const [at, formal] of body.inputs.entries()) this.names.set(formal, call.inputs[at] ?? "");
    for (const [at, formal] of body.outputs.entries()) this.bindOutput(formal, call.outputs[at] ?? "");
  }

  nodes(): readonly OnnxNode[] {
    return [...this.body.nodes.map((node) => this.renamed(node, (name) => this.rename(name))), ...this.passedThrough];
  }

  private bindOutput(formal: string, actual: string): void {
    if (actual === "") return;
    const source = this.names.get(formal);
    if (source === undefined) this.names.set(formal, actual);
    else this.passedThrough.push(identityNode(`${this.label}/${formal}`, source, actual));
  }

  private rename(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const fresh = this.fresh(name);
    this.names.set(name, fresh);
    return fresh;
  }

  private fresh(name: string): string {
    return this.freshName(`${this.label}/${name}`);
  }

  private renamed(node: OnnxNode, rename: Rename): OnnxNode {
    const attributes = this.boundAttributes(node, rename);
    this.budget.spend(node, attributes, this.label.length);
    return {
      ...node,
      name: nameWithin(this.label, node),
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes,
    };
  }

  /**
   * A node's attributes with references to the function's attributes replaced by what the call gives, or else by the
   * function's default; one that neither gives is left out, so that the operator's own default holds.
   */
  private boundAttributes(node: OnnxNode, rename: Rename): ReadonlyMap<string, OnnxAttribute> {
    const { call, body } = this;
    const bound = new Map<string, OnnxAttribute>();
    for (const [name, attribute] of node.attributes) {
      const reference = attribute.kind === "other" ? attribute.reference : undefined;
      if (reference === undefined) {
        bound.set(name, attribute.kind === "graph" ? { kind: "graph", value: this.renamedGraph(attribute.value, rename) } : attribute);
        continue;
      }
      const value = call.attributes.get(reference) ?? body.attributeDefaults?.get(reference);
      if (value === undefined) continue;
      if (value.kind === "graph") this.spendOn(value.value);
      bound.set(name, value);
    }
    return bound;
  }

  /** A subgraph that the call gives is walked anew wherever the body refers to it. */
  private spendOn(graph: OnnxGraph): void {
    for (const node of graph.nodes) {
      this.budget.spend(node, node.attributes, 0);
      for (const subgraph of subgraphsOf(node)) this.spendOn(subgraph);
    }
  }

  /** What a subgraph defines gets fresh names too: one of the call's tensors may be called the same. */
  private renamedGraph(graph: OnnxGraph, around: Rename): OnnxGraph {
    const local = new Map<string, string>([["", ""]]);
    const define = (name: string): void => {
      if (!local.has(name)) local.set(name, this.fresh(name));
    };
    const values = [...graph.inputs, ...graph.initializers];
    this.budget.spendNames([...values, ...graph.outputs, ...graph.valueInfo].map(({ name }) => name), this.label.length);
    for (const { name } of values) define(name);
    for (const node of graph.nodes) node.outputs.forEach(define);
    const rename = (name: string): string => local.get(name) ?? around(name);
    const info = (each: OnnxValueInfo): OnnxValueInfo => ({ ...each, name: rename(each.name) });
    return {
      name: graph.name,
      nodes: graph.nodes.map((node) => this.renamed(node, rename)),
      initializers: graph.initializers.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
      inputs: graph.inputs.map(info),
      outputs: graph.outputs.map(info),
      valueInfo: graph.valueInfo.filter(({ name }) => local.has(name)).map(info),
    };
  }
}

/** A node that hands a tensor on under another name. */
export function identityNode(name: string, input: string, output: string): OnnxNode {
  return { name, domain: "", opType: "Identity", inputs: [input], outputs: [output], attributes: new Map() };
}
