import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { capturedNames } from "./captures.js";
import type { ScopedNode } from "./inline-functions.js";
import type { Lists } from "./lists.js";
import { topologicalOrder } from "./topology.js";
import type { GraphValue, NodeId, ValueId } from "./types.js";

/** A tensor by its place in the graph, before anything is known of its type. */
export interface WiredValue {
  readonly name: string;
  readonly role: GraphValue["role"];
  readonly producer: NodeId | null;
  /** Each once, ascending; a node whose subgraphs take the tensor from around them counts. */
  readonly consumers: readonly NodeId[];
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
const NO_IDS: readonly ValueId[] = [];

/**
 * Resolves the names of a graph.
 * @param free of a subgraph, the names that it takes from around it
 * @throws ModelError("invalid-graph") for a tensor with two producers, a name that nothing produces, or a cycle.
 */
export function wireGraph(graph: OnnxGraph, nodes: readonly ScopedNode[], free: Iterable<string> = []): Wiring {
  const table = new ValueTable(graph);
  const captured = table.capture(free);
  nodes.forEach(({ node }, index) => table.declareOutputs(node, index));
  const wired = nodes.map(({ node, opsets }): WiredNode => {
    const inputs = table.resolveAll(node.inputs, node);
    return { node, opsets, inputs, outputs: table.resolveAll(node.outputs, node), captured: capturedBy(node, table) };
  });
  const reads = readsOf(wired);
  const order = orderOf(nodes, reads, table.values);
  table.connect(order, reads);
  return {
    values: table.values,
    nodes: inOrder(wired, order),
    inputs: table.inputs,
    outputs: graph.outputs.map(({ name }) => table.resolve(name, null)),
    captured,
  };
}

function inOrder(nodes: readonly WiredNode[], order: readonly number[]): readonly WiredNode[] {
  const sorted: WiredNode[] = [];
  for (const index of order) {
    const node = nodes[index];
    if (node !== undefined) sorted.push(node);
  }
  return sorted;
}

function capturedBy(node: OnnxNode, table: ValueTable): ReadonlyMap<string, ValueId> {
  const names = capturedNames(node);
  if (names.size === 0) return NOTHING_CAPTURED;
  const captured = new Map<string, ValueId>();
  for (const name of names) captured.set(name, table.resolve(name, node));
  return captured;
}

/** For each node all that it reads: its inputs, and what its subgraphs take from around them. */
function readsOf(nodes: readonly WiredNode[]): Lists {
  const offsets = new Uint32Array(nodes.length + 1);
  let count = 0;
  let row = 0;
  for (const { inputs, captured } of nodes) {
    for (const id of inputs) if (id !== null) count += 1;
    count += captured.size;
    offsets[++row] = count;
  }
  const items = new Uint32Array(count);
  let used = 0;
  for (const { inputs, captured } of nodes) {
    for (const id of inputs) if (id !== null) items[used++] = id;
    for (const id of captured.values()) items[used++] = id;
  }
  return { offsets, items };
}

/** A value as it is put together: who makes and reads it is known last. */
interface OpenValue extends WiredValue {
  producer: NodeId | null;
  consumers: readonly NodeId[];
}

class ValueTable {
  readonly values: OpenValue[] = [];
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
    if (names.length === 0) return NO_IDS;
    const ids = new Array<ValueId | null>(names.length).fill(null);
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] ?? "";
      if (name !== "") ids[at] = this.resolve(name, reader);
    }
    return ids;
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
  connect(order: readonly number[], { offsets, items }: Lists): void {
    const position = new Uint32Array(order.length);
    for (let at = 0; at < order.length; at += 1) position[order[at] ?? 0] = at;
    for (const value of this.values) {
      if (value.producer !== null) value.producer = position[value.producer] ?? null;
    }
    const readers = new ReaderLists(this.values.length, items);
    for (let at = 0; at < order.length; at += 1) {
      const index = order[at] ?? 0;
      const end = offsets[index + 1] ?? 0;
      for (let read = offsets[index] ?? 0; read < end; read += 1) readers.add(items[read] ?? 0, at);
    }
    for (let id = 0; id < this.values.length; id += 1) {
      const value = this.values[id];
      if (value !== undefined) value.consumers = readers.of(id);
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
    this.values.push({ name, role, producer, consumers: NO_IDS, tensor, declared: this.declared.get(name) ?? null });
    return id;
  }
}

/** Who reads each tensor, collected without a list for each that would have room for more than there are. */
class ReaderLists {
  private readonly starts: Uint32Array;
  private readonly ends: Uint32Array;
  private readonly readers: Uint32Array;

  /** @param reads every tensor as often as it is read */
  constructor(values: number, reads: Uint32Array) {
    const next = new Uint32Array(values + 1);
    for (const id of reads) next[id + 1] = (next[id + 1] ?? 0) + 1;
    for (let id = 0; id < values; id += 1) next[id + 1] = (next[id + 1] ?? 0) + (next[id] ?? 0);
    this.starts = next;
    this.ends = next.slice();
    this.readers = new Uint32Array(reads.length);
  }

  /** Adds a reader, ascending; one that comes twice counts once. */
  add(id: ValueId, reader: NodeId): void {
    const end = this.ends[id] ?? 0;
    if (end > (this.starts[id] ?? 0) && this.readers[end - 1] === reader) return;
    this.readers[end] = reader;
    this.ends[id] = end + 1;
  }

  of(id: ValueId): readonly NodeId[] {
    const start = this.starts[id] ?? 0;
    const count = (this.ends[id] ?? 0) - start;
    if (count === 0) return NO_IDS;
    const list = new Array<NodeId>(count).fill(0);
    for (let at = 0; at < count; at += 1) list[at] = this.readers[start + at] ?? 0;
    return list;
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

function orderOf(nodes: readonly ScopedNode[], reads: Lists, values: readonly WiredValue[]): readonly number[] {
  const ordering = topologicalOrder(producersOf(reads, values));
  if ("order" in ordering) return ordering.order;
  const node = nodes[ordering.cycleThrough]?.node;
  if (node === undefined) throw new ModelError("invalid-graph", "the graph has a cycle");
  const detail = { node: node.name, opType: node.opType };
  throw new ModelError("invalid-graph", `${describe(node)} depends on its own output`, detail);
}

/** For each node those that make what it reads. */
function producersOf(reads: Lists, values: readonly WiredValue[]): Lists {
  const offsets = new Uint32Array(reads.offsets.length);
  const items = new Uint32Array(reads.items.length);
  let used = 0;
  for (let node = 0; node + 1 < offsets.length; node += 1) {
    const end = reads.offsets[node + 1] ?? 0;
    for (let read = reads.offsets[node] ?? 0; read < end; read += 1) {
      const producer = values[reads.items[read] ?? 0]?.producer ?? null;
      if (producer !== null) items[used++] = producer;
    }
    offsets[node + 1] = used;
  }
  return { offsets, items: items.subarray(0, used) };
}

/** `Conv "conv1"`, for messages. */
export function describe(node: OnnxNode): string {
  return node.name === "" ? node.opType : `${node.opType} "${node.name}"`;
}
