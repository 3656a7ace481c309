import type { OnnxAttribute, OnnxFunction, OnnxModel, OnnxNode } from "../onnx/types.js";
import { lookupOperator } from "../ops/index.js";
import { ModelError } from "../wire/errors.js";

/** A node with the opsets in force where it stands: a function brings its own. */
export interface ScopedNode {
  readonly node: OnnxNode;
  readonly opsets: ReadonlyMap<string, number>;
}

/** Nodes visited while functions are opened; a few functions that call each other twice can ask for any number. */
const MAX_VISITED_NODES = 500_000;
const MAX_CALL_DEPTH = 100;
/** Names of opened nodes grow with the depth of calls; what they grow from is cut here. */
const MAX_LABEL_LENGTH = 256;

/**
 * The nodes of a model with the calls of model-local functions replaced by their bodies. A function whose name is an
 * operator that is known is left to that operator. One that cannot be opened from what is kept of the file (a body with
 * subgraphs, or with attributes of a kind that is not read) stays a call, which nothing is known of.
 *
 * @throws ModelError("invalid-graph") for functions that call themselves; ModelError("limit-exceeded") where the bodies
 *   add up to too many nodes or too deep a nesting.
 */
export function inlineFunctions(model: OnnxModel): readonly ScopedNode[] {
  const { graph, opsets } = model;
  if (model.functions.length === 0) return graph.nodes.map((node) => ({ node, opsets }));
  return new Inliner(model).run();
}

class Inliner {
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  private readonly names: Set<string>;
  private readonly nextSuffix = new Map<string, number>();
  private readonly opened: ScopedNode[] = [];
  private visited = 0;

  constructor(private readonly model: OnnxModel) {
    this.functions = new Map(model.functions.filter(canBeOpened).map((body) => [keyOf(body.domain, body.name), body]));
    this.names = new Set(model.graph.nodes.flatMap((node) => [...node.inputs, ...node.outputs]));
    for (const { name } of [...model.graph.inputs, ...model.graph.initializers]) this.names.add(name);
  }

  run(): readonly ScopedNode[] {
    for (const node of this.model.graph.nodes) this.open({ node, opsets: this.model.opsets }, []);
    return this.opened;
  }

  private open(scoped: ScopedNode, callers: readonly OnnxFunction[]): void {
    this.visited++;
    if (this.visited > MAX_VISITED_NODES) {
      throw new ModelError("limit-exceeded", `functions unfold to more than ${MAX_VISITED_NODES} nodes`);
    }
    const body = this.bodyOf(scoped);
    if (body === undefined) {
      this.opened.push(scoped);
      return;
    }
    const detail = { node: scoped.node.name, opType: scoped.node.opType };
    if (callers.includes(body)) throw new ModelError("invalid-graph", `function "${body.name}" calls itself`, detail);
    if (callers.length >= MAX_CALL_DEPTH) {
      throw new ModelError("limit-exceeded", `functions call each other more than ${MAX_CALL_DEPTH} deep`, detail);
    }
    const path = [...callers, body];
    for (const node of this.instantiate(scoped.node, body)) this.open({ node, opsets: body.opsets }, path);
  }

  private bodyOf({ node, opsets }: ScopedNode): OnnxFunction | undefined {
    const body = this.functions.get(keyOf(node.domain, node.opType));
    if (body === undefined) return undefined;
    const known = lookupOperator(node.domain, node.opType, opsets.get(node.domain) ?? 1);
    return known === undefined ? body : undefined;
  }

  /** The body's nodes with the call's tensors in the place of its formal inputs and outputs, all other names fresh. */
  private instantiate(call: OnnxNode, body: OnnxFunction): readonly OnnxNode[] {
    const label = (call.name === "" ? call.opType : call.name).slice(0, MAX_LABEL_LENGTH);
    const names = new Map<string, string>([["", ""]]);
    for (const [at, formal] of body.inputs.entries()) names.set(formal, call.inputs[at] ?? "");
    const passedThrough: OnnxNode[] = [];
    for (const [at, formal] of body.outputs.entries()) {
      const actual = call.outputs[at] ?? "";
      const source = names.get(formal);
      if (source === undefined) {
        if (actual !== "") names.set(formal, actual);
      } else if (actual !== "") {
        passedThrough.push(identityNode(`${label}/${formal}`, source, actual));
      }
    }
    const rename = (name: string): string => {
      const known = names.get(name);
      if (known !== undefined) return known;
      const fresh = this.freshName(`${label}/${name}`);
      names.set(name, fresh);
      return fresh;
    };
    const nodes = body.nodes.map((node) => ({
      ...node,
      name: `${label}/${node.name === "" ? node.opType : node.name}`,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: boundAttributes(node, call, body),
    }));
    return [...nodes, ...passedThrough];
  }

  private freshName(wanted: string): string {
    let name = wanted;
    while (this.names.has(name)) {
      const suffix = this.nextSuffix.get(wanted) ?? 2;
      this.nextSuffix.set(wanted, suffix + 1);
      name = `${wanted}#${suffix}`;
    }
    this.names.add(name);
    return name;
  }
}

function keyOf(domain: string, name: string): string {
  return `${domain}:${name}`;
}

function canBeOpened(body: OnnxFunction): boolean {
  return body.nodes.every((node) => [...node.attributes.values()].every(isKept));
}

function isKept(attribute: OnnxAttribute): boolean {
  return attribute.kind === "other" ? attribute.reference !== undefined : attribute.kind !== "graph";
}

/**
 * A node's attributes with references to the function's attributes replaced by what the call gives, or else by the
 * function's default; one that neither gives is left out, so that the operator's own default holds.
 */
function boundAttributes(node: OnnxNode, call: OnnxNode, body: OnnxFunction): ReadonlyMap<string, OnnxAttribute> {
  const bound = new Map<string, OnnxAttribute>();
  for (const [name, attribute] of node.attributes) {
    const reference = attribute.kind === "other" ? attribute.reference : undefined;
    const value =
      reference === undefined ? attribute : (call.attributes.get(reference) ?? body.attributeDefaults?.get(reference));
    if (value !== undefined) bound.set(name, value);
  }
  return bound;
}

function identityNode(name: string, input: string, output: string): OnnxNode {
  return { name, domain: "", opType: "Identity", inputs: [input], outputs: [output], attributes: new Map() };
}
