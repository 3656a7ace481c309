import { createHash } from "node:crypto";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../onnx/types.js";
import type { ValueFact } from "../ops/operator.js";
import { TextBuffer } from "./text-buffer.js";
import type { Graph, GraphNode, Shape, ValueId } from "./types.js";

type Structure = Pick<Graph, "values" | "nodes" | "inputs" | "outputs">;

/** Prefixed to what is hashed: another number for another serialisation. */
const VERSION = "tempograph-model-1";

/**
 * sha256 (hex) of a graph's structure: operators with domain, opset and attributes, types and shapes of all tensors, the
 * edges by index, and how often loops run. Names and elements of tensors don't count. Tensors are numbered as the sorted nodes first mention
 * them, symbols as shapes do.
 */
export function modelIdOf(structure: Structure): string {
  const hash = createHash("sha256");
  new StructureWriter(structure).write((bytes) => void hash.update(bytes));
  return hash.digest("hex");
}

/** Bytes hashed at once. */
const PORTION = 65_536;
const UNNUMBERED = 0xffffffff;

class StructureWriter {
  private readonly out = new TextBuffer();
  /** What a node reads and writes: numbered before what its attributes mention, and written behind them. */
  private readonly operands = new TextBuffer();
  private readonly numbers: Uint32Array;
  private numbered = 0;
  private readonly symbols = new Map<string, number>();

  constructor(private readonly structure: Structure) {
    this.numbers = new Uint32Array(structure.values.length).fill(UNNUMBERED);
  }

  write(use: (bytes: Buffer) => void): void {
    const { out } = this;
    const { inputs, nodes, outputs } = this.structure;
    out.append(VERSION);
    out.append("\nin ");
    this.references(out, inputs);
    for (const node of nodes) {
      out.append("\n");
      this.node(node);
      if (out.length < PORTION) continue;
      use(out.bytes);
      out.clear();
    }
    out.append("\nout ");
    this.references(out, outputs);
    use(out.bytes);
  }

  private node(node: GraphNode): void {
    const { out, operands } = this;
    operands.clear();
    operands.append("} (");
    this.references(operands, node.inputs);
    operands.append(") (");
    this.references(operands, node.outputs);
    operands.append(")");
    out.quoted(node.domain);
    out.append(" ");
    out.quoted(node.opType);
    out.append(" ");
    out.number(node.opset);
    out.append(" {");
    if (node.rawAttributes.size > 0 && !holdsValues(node)) {
      writeAttributes(out, plainAttributes(node), (name) => this.reference(out, node.captured.get(name) ?? null), 0);
    }
    out.appendBuffer(operands);
    if (node.kind === "control") this.repeat(node);
  }

  /** Constants that no shape follows from say how often a loop runs, and what in it; a cost tells others apart. */
  private repeat({ repeats, cost, captured }: GraphNode): void {
    const { out } = this;
    if (repeats === null) {
      if (cost !== null) out.append(` ${cost.flops} ${cost.bytesRead} ${cost.bytesWritten}`);
      return;
    }
    out.append(` ${repeats.times} * ${repeats.graph.modelId} (`);
    this.references(out, [...captured.values()]);
    out.append(")");
  }

  private references(out: TextBuffer, ids: readonly (ValueId | null)[]): void {
    for (let at = 0; at < ids.length; at += 1) {
      if (at > 0) out.append(" ");
      this.reference(out, ids[at] ?? null);
    }
  }

  /** A tensor's number, at its first mention with its role, type and shape. */
  private reference(out: TextBuffer, id: ValueId | null): void {
    if (id === null) {
      out.append("-");
      return;
    }
    const known = this.numbers[id] ?? UNNUMBERED;
    if (known !== UNNUMBERED) {
      out.number(known);
      return;
    }
    this.numbers[id] = this.numbered;
    out.number(this.numbered);
    this.numbered += 1;
    const value = this.structure.values[id];
    if (value === undefined) return;
    out.append(":");
    out.append(value.role);
    out.append(":");
    this.type(out, value.fact);
  }

  private type(out: TextBuffer, { dtype, shape, container }: ValueFact): void {
    if (container === undefined) {
      out.append(dtype ?? "?");
      this.shape(out, shape);
      return;
    }
    out.append(container.kind);
    out.append("<");
    this.type(out, container.element);
    out.append(">");
  }

  private shape(out: TextBuffer, shape: Shape): void {
    if (shape === null) {
      out.append("?");
      return;
    }
    out.append("[");
    for (let axis = 0; axis < shape.length; axis += 1) {
      if (axis > 0) out.append(",");
      const dim = shape[axis] ?? null;
      if (typeof dim === "number") out.number(dim);
      else out.append(dim === null ? "?" : this.symbol(dim));
    }
    out.append("]");
  }

  private symbol(name: string): string {
    const number = this.symbols.get(name) ?? this.symbols.size;
    this.symbols.set(name, number);
    return `$${number}`;
  }
}

/** A Constant's attributes are the elements of a tensor, which count by the shapes that follow from them only. */
function holdsValues({ domain, opType }: GraphNode): boolean {
  return domain === "" && opType === "Constant";
}

/** Those of a loop without its graph, which has an id of its own. */
function plainAttributes({ repeats, rawAttributes }: GraphNode): ReadonlyMap<string, OnnxAttribute> {
  if (repeats === null) return rawAttributes;
  return new Map([...rawAttributes].filter(([, { kind }]) => kind !== "graph"));
}

/** Writes what stands for a tensor of the graph around, by its name. */
type WriteOuter = (name: string) => void;

function writeAttributes(
  out: TextBuffer,
  attributes: ReadonlyMap<string, OnnxAttribute>,
  outer: WriteOuter,
  depth: number,
): void {
  if (attributes.size === 0) return;
  let isFirst = true;
  for (const name of attributes.size === 1 ? attributes.keys() : [...attributes.keys()].sort()) {
    if (!isFirst) out.append(";");
    isFirst = false;
    out.quoted(name);
    out.append("=");
    writeAttribute(out, attributes.get(name), outer, depth);
  }
}

function writeAttribute(out: TextBuffer, attribute: OnnxAttribute | undefined, outer: WriteOuter, depth: number): void {
  switch (attribute?.kind) {
    case undefined:
    case "other":
      out.append("other");
      break;
    case "tensor":
      out.append(`tensor:${attribute.value.dtype}[${attribute.value.dims.join(",")}]`);
      break;
    case "graph":
      writeSubgraph(out, attribute.value, outer, depth + 1);
      break;
    case "string":
      out.quoted(attribute.value);
      break;
    case "strings":
      out.append("strings:[");
      writeList(out, attribute.value, ",", (each) => out.quoted(each));
      out.append("]");
      break;
    case "int":
    case "float":
      out.append(attribute.kind);
      out.append(":");
      out.number(attribute.value);
      break;
    case "ints":
    case "floats":
      out.append(attribute.kind);
      out.append(":[");
      writeList(out, attribute.value, ",", (each) => out.number(each));
      out.append("]");
      break;
  }
}

function writeList<T>(out: TextBuffer, list: readonly T[], separator: string, write: (each: T) => void): void {
  let isFirst = true;
  for (const each of list) {
    if (!isFirst) out.append(separator);
    isFirst = false;
    write(each);
  }
}

/** Names within a subgraph numbered by depth and first mention; those from around it as the outer graph calls them. */
function writeSubgraph(out: TextBuffer, graph: OnnxGraph, outer: WriteOuter, depth: number): void {
  const local = new Map<string, string>();
  const define = (name: string): void => {
    if (name !== "" && !local.has(name)) local.set(name, `@${depth}.${local.size}`);
  };
  for (const input of graph.inputs) define(input.name);
  for (const initializer of graph.initializers) define(initializer.name);
  for (const node of graph.nodes) node.outputs.forEach(define);
  const lookup: WriteOuter = (name) => {
    const known = name === "" ? "-" : local.get(name);
    if (known === undefined) outer(name);
    else out.append(known);
  };
  const tensor = ({ name }: { readonly name: string }): void => lookup(name);
  out.append("graph(");
  writeList(out, graph.inputs, " ", tensor);
  out.append("|");
  writeList(out, graph.initializers, " ", ({ name, dtype, dims }) => {
    lookup(name);
    out.append(`:${dtype}[${dims.join(",")}]`);
  });
  out.append("|");
  writeList(out, graph.nodes, "|", (node) => writeSubgraphNode(out, node, lookup, depth));
  out.append("|");
  writeList(out, graph.outputs, " ", tensor);
  out.append(")");
}

function writeSubgraphNode(out: TextBuffer, node: OnnxNode, lookup: WriteOuter, depth: number): void {
  out.quoted(node.domain);
  out.append(" ");
  out.quoted(node.opType);
  if (node.opsets !== undefined) out.append(` ${node.opsets.get(node.domain) ?? 1}`);
  out.append(" {");
  writeAttributes(out, node.attributes, lookup, depth);
  out.append("} (");
  writeList(out, node.inputs, " ", lookup);
  out.append(") (");
  writeList(out, node.outputs, " ", lookup);
  out.append(")");
}
