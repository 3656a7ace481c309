import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { capturedNames } from "./captures.js";
import type { ScopedNode } from "./inline-functions.js";
import { topologicalOrder } from "./topology.js";
import type { GraphValue, NodeId, ValueId } from "./types.js";

/** A tensor by its place in the graph, before anything is known of its type. */
export interface WiredValue {
  readonly name: string;
  readonly role: GraphValue["role"];
  producer: NodeId | null;
  /** Each once, ascending; a node whose subgraphs take the tensor from around them counts. */
  readonly consumers: NodeId[];
  readonly tensor: OnnxTensor | null;
  readonly declared: OnnxValueInfo | null;
}

export interface WiredNode extends ScopedNode {
  readonly inputs: readonly (ValueId | null)[];
  readonly outputs: readonly (ValueId | null)[];
  /** What its subgraphs take from around the node, by name. */
  readonly captured: ReadonlyMap<string, ValueId>;
}

/** Names resolved to indices, nodes in topological order. */
export interface Wiring {
  readonly values: readonly WiredValue[];
  readonly nodes: readonly WiredNode[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Of a subgraph, what it takes from around it, by name. */
  readonly captured: ReadonlyMap<string, ValueId>;
}

const NOTHING_CAPTURED: ReadonlyMap<string, ValueId> = new Map();

/**
 * Resolves the names of a graph.
 * @param free of a subgraph, the names that it takes from around it
 * @throws ModelError("invalid-graph") for a tensor with two producers, a name that nothing produces, or a cycle.
 */
export function wireGraph(graph: OnnxGraph, nodes: readonly ScopedNode[], free: Iterable<string> = []): Wiring {
  const table = new ValueTable(graph);
  const captured = table.capture(free);
  for (const [index, { node }] of nodes.entries()) table.declareOutputs(node, index);
  const wired = nodes.map(({ node, opsets }): WiredNode => {
    const inputs = table.resolveAll(node.inputs, node);
    return { node, opsets, inputs, outputs: table.resolveAll(node.outputs, node), captured: capturedBy(node, table) };
  });
  const reads = wired.map(readsOf);
  const order = orderOf(nodes, reads, table.values);
  table.connect(order, reads);
  return {
    values: table.values,
    nodes: order.flatMap((index) => wired[index] ?? []),
    inputs: table.inputs,
    outputs: graph.outputs.map(({ name }) => table.resolve(name, null)),
    captured,
  };
}

function capturedBy(node: OnnxNode, table: ValueTable): ReadonlyMap<string, ValueId> {
  const names = capturedNames(node);
  if (names.size === 0) return NOTHING_CAPTURED;
  const captured = new Map<string, ValueId>();
  for (const name of names) captured.set(name, table.resolve(name, node));
  return captured;
}

/** All that a node reads: its inputs, and what its subgraphs take from around them. */
function readsOf({ inputs, captured }: WiredNode): readonly ValueId[] {
  const reads: ValueId[] = [];
  for (const id of inputs) if (id !== null) reads.push(id);
  for (const id of captured.values()) reads.push(id);
  return reads;
}

class ValueTable {
  readonly values: WiredValue[] = [];
  readonly inputs: readonly ValueId[];
  private readonly ids = new Map<string, ValueId>();
  private readonly declared: ReadonlyMap<string, OnnxValueInfo>;

  constructor(graph: OnnxGraph) {
    this.declared = declaredTypes(graph);
    for (const tensor of graph.initializers) this.declare(tensor.name, "initializer", null, tensor);
    // Up to IR version 3 every initializer is listed among the inputs too.
    const initializers = new Set(this.ids.keys());
    this.inputs = graph.inputs
      .filter(({ name }) => !initializers.has(name))
      .map(({ name }) => this.declare(name, "input", null, null));
  }

  capture(names: Iterable<string>): ReadonlyMap<string, ValueId> {
    const captured = new Map<string, ValueId>();
    for (const name of names) captured.set(name, this.declare(name, "input", null, null));
    return captured.size === 0 ? NOTHING_CAPTURED : captured;
  }

  declareOutputs(node: OnnxNode, index: number): void {
    for (const name of node.outputs) {
      if (name !== "") this.declare(name, "activation", index, null, node);
    }
  }

  /** An empty name is an optional tensor that is left out. */
  resolveAll(names: readonly string[], reader: OnnxNode): readonly (ValueId | null)[] {
    return names.map((name) => (name === "" ? null : this.resolve(name, reader)));
  }

  /** @param reader null: the graph's outputs. */
  resolve(name: string, reader: OnnxNode | null): ValueId {
    const id = this.ids.get(name);
    if (id !== undefined) return id;
    if (reader === null) throw new ModelError("invalid-graph", `nothing produces the output "${name}"`, { field: name });
    const detail = { node: reader.name, opType: reader.opType, field: name };
    throw new ModelError("invalid-graph", `nothing produces "${name}", which ${describe(reader)} reads`, detail);
  }

  /** Renumbers the producers to the order of the nodes, and tells every tensor who reads it. */
  connect(order: readonly number[], reads: readonly (readonly ValueId[])[]): void {
    const position = new Uint32Array(order.length);
    for (const [at, index] of order.entries()) position[index] = at;
    for (const value of this.values) {
      if (value.producer !== null) value.producer = position[value.producer] ?? null;
    }
    for (const [at, index] of order.entries()) {
      for (const id of reads[index] ?? []) {
        const consumers = this.values[id]?.consumers;
        if (consumers !== undefined && consumers.at(-1) !== at) consumers.push(at);
      }
    }
  }

  private declare(
    name: string,
    role: GraphValue["role"],
    producer: number | null,
    tensor: OnnxTensor | null,
    node?: OnnxNode,
  ): ValueId {
    if (name === "") throw new ModelError("invalid-graph", `an ${role} has no name`);
    if (this.ids.has(name)) {
      const detail = node === undefined ? { field: name } : { node: node.name, opType: node.opType, field: name };
      throw new ModelError("invalid-graph", `"${name}" is defined twice`, detail);
    }
    const id = this.values.length;
    this.ids.set(name, id);
    this.values.push({ name, role, producer, consumers: [], tensor, declared: this.declared.get(name) ?? null });
    return id;
  }
}

/** What the file states of tensors by name; of two statements about one, that which states a shape. */
function declaredTypes(graph: OnnxGraph): ReadonlyMap<string, OnnxValueInfo> {
  const declared = new Map<string, OnnxValueInfo>();
  for (const info of [...graph.inputs, ...graph.outputs, ...graph.valueInfo]) {
    if ((declared.get(info.name)?.shape ?? null) === null) declared.set(info.name, info);
  }
  return declared;
}

function orderOf(
  nodes: readonly ScopedNode[],
  reads: readonly (readonly ValueId[])[],
  values: readonly WiredValue[],
): readonly number[] {
  const predecessors = reads.map((ids) => {
    const producers: number[] = [];
    for (const id of ids) {
      const producer = values[id]?.producer ?? null;
      if (producer !== null) producers.push(producer);
    }
    return producers;
  });
  const ordering = topologicalOrder(predecessors);
  if ("order" in ordering) return ordering.order;
  const node = nodes[ordering.cycleThrough]?.node;
  if (node === undefined) throw new ModelError("invalid-graph", "the graph has a cycle");
  const detail = { node: node.name, opType: node.opType };
  throw new ModelError("invalid-graph", `${describe(node)} depends on its own output`, detail);
}

/** `Conv "conv1"`, for messages. */
export function describe(node: OnnxNode): string {
  return node.name === "" ? node.opType : `${node.opType} "${node.name}"`;
}
