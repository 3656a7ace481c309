import { createHash } from "node:crypto";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../onnx/types.js";
import type { ValueFact } from "../ops/operator.js";
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
  let pending = "";
  for (const line of new StructureWriter(structure).lines()) {
    pending += line;
    if (pending.length < PORTION) continue;
    hash.update(pending);
    pending = "";
  }
  return hash.update(pending).digest("hex");
}

/** Characters hashed at once: all lines together may be longer than a string can be. */
const PORTION = 65_536;

class StructureWriter {
  private readonly numbers = new Map<ValueId, number>();
  private readonly symbols = new Map<string, number>();

  constructor(private readonly structure: Structure) {}

  *lines(): Generator<string> {
    const { inputs, nodes, outputs } = this.structure;
    yield VERSION;
    yield `\nin ${inputs.map((id) => this.reference(id)).join(" ")}`;
    for (const node of nodes) yield `\n${this.nodeLine(node)}`;
    yield `\nout ${outputs.map((id) => this.reference(id)).join(" ")}`;
  }

  private nodeLine(node: GraphNode): string {
    const reads = node.inputs.map((id) => this.reference(id)).join(" ");
    const writes = node.outputs.map((id) => this.reference(id)).join(" ");
    const outer = (name: string): string => this.reference(node.captured.get(name) ?? null);
    const attributes = holdsValues(node) ? "" : serializeAttributes(plainAttributes(node), outer, 0);
    const line = `${text(node.domain)} ${text(node.opType)} ${node.opset} {${attributes}} (${reads}) (${writes})`;
    return line + this.repeat(node);
  }

  /** Constants that no shape follows from say how often a loop runs, and what in it; a cost tells others apart. */
  private repeat({ kind, repeats, cost, captured }: GraphNode): string {
    if (kind !== "control") return "";
    if (repeats === null) return cost === null ? "" : ` ${cost.flops} ${cost.bytesRead} ${cost.bytesWritten}`;
    const taken = [...captured.values()].map((id) => this.reference(id)).join(" ");
    return ` ${repeats.times} * ${repeats.graph.modelId} (${taken})`;
  }

  /** A tensor's number, at its first mention with its role, type and shape. */
  private reference(id: ValueId | null): string {
    if (id === null) return "-";
    const known = this.numbers.get(id);
    if (known !== undefined) return String(known);
    const number = this.numbers.size;
    this.numbers.set(id, number);
    const value = this.structure.values[id];
    if (value === undefined) return String(number);
    return `${number}:${value.role}:${this.type(value.fact)}`;
  }

  private type({ dtype, shape, container }: ValueFact): string {
    if (container === undefined) return `${dtype ?? "?"}${this.shape(shape)}`;
    return `${container.kind}<${this.type(container.element)}>`;
  }

  private shape(shape: Shape): string {
    if (shape === null) return "?";
    return `[${shape.map((dim) => (typeof dim === "string" ? this.symbol(dim) : (dim ?? "?"))).join(",")}]`;
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

type Lookup = (name: string) => string;

function serializeAttributes(attributes: ReadonlyMap<string, OnnxAttribute>, outer: Lookup, depth: number): string {
  if (attributes.size === 0) return "";
  const names = [...attributes.keys()].sort();
  return names.map((name) => `${text(name)}=${serializeAttribute(attributes.get(name), outer, depth)}`).join(";");
}

function serializeAttribute(attribute: OnnxAttribute | undefined, outer: Lookup, depth: number): string {
  switch (attribute?.kind) {
    case undefined:
    case "other":
      return "other";
    case "tensor":
      return `tensor:${attribute.value.dtype}[${attribute.value.dims.join(",")}]`;
    case "graph":
      return serializeSubgraph(attribute.value, outer, depth + 1);
    case "string":
      return text(attribute.value);
    case "strings":
      return `strings:[${attribute.value.map(text).join(",")}]`;
    case "int":
    case "float":
      return `${attribute.kind}:${attribute.value}`;
    case "ints":
    case "floats":
      return `${attribute.kind}:[${attribute.value.join(",")}]`;
  }
}

/** Names within a subgraph numbered by depth and first mention; those from around it as the outer graph calls them. */
function serializeSubgraph(graph: OnnxGraph, outer: Lookup, depth: number): string {
  const local = new Map<string, string>();
  const define = (name: string): void => {
    if (name !== "" && !local.has(name)) local.set(name, `@${depth}.${local.size}`);
  };
  for (const input of graph.inputs) define(input.name);
  for (const initializer of graph.initializers) define(initializer.name);
  for (const node of graph.nodes) node.outputs.forEach(define);
  const lookup: Lookup = (name) => (name === "" ? "-" : (local.get(name) ?? outer(name)));
  const weights = graph.initializers.map(({ name, dtype, dims }) => `${lookup(name)}:${dtype}[${dims.join(",")}]`);
  const nodes = graph.nodes.map((node) => subgraphNode(node, lookup, depth));
  const names = (list: readonly { readonly name: string }[]): string => list.map(({ name }) => lookup(name)).join(" ");
  return `graph(${names(graph.inputs)}|${weights.join(" ")}|${nodes.join("|")}|${names(graph.outputs)})`;
}

function subgraphNode(node: OnnxNode, lookup: Lookup, depth: number): string {
  const attributes = serializeAttributes(node.attributes, lookup, depth);
  const reads = node.inputs.map(lookup).join(" ");
  const writes = node.outputs.map(lookup).join(" ");
  const opset = node.opsets === undefined ? "" : ` ${node.opsets.get(node.domain) ?? 1}`;
  return `${text(node.domain)} ${text(node.opType)}${opset} {${attributes}} (${reads}) (${writes})`;
}

/** Quoted, so that no name can look like structure. */
function text(value: string): string {
  return JSON.stringify(value);
}
