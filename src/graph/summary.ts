import type { DataType } from "../onnx/dtype.js";
import type { Dim } from "../onnx/types.js";
import type { Graph, GraphNode, GraphTotals, NodeId, ValueId } from "./types.js";

/** A tensor as JSON: a dimension is an integer, a symbol's name, or null where unknown; so is the whole shape. */
export interface TensorSummary {
  readonly name: string;
  readonly dtype: DataType | null;
  readonly shape: readonly Dim[] | null;
}

export interface NodeSummary {
  readonly name: string;
  readonly domain: string;
  readonly opType: string;
  /** Names of tensors; an empty string is an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly TensorSummary[];
  /** null: the operator or a size is not known. */
  readonly flops: number | null;
  /** Read and written. */
  readonly bytes: number | null;
  readonly parameters: number;
  /** Known before the run, so an engine folds it away; its work then counts nothing. */
  readonly folded: boolean;
  /** Name of the node whose kernel does this node's work; null: its own. */
  readonly fusedInto: string | null;
}

/** A graph as JSON, whatever engine runs it. */
export interface GraphSummary {
  readonly modelId: string;
  readonly name: string;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly TensorSummary[];
  readonly outputs: readonly TensorSummary[];
  readonly nodes: readonly NodeSummary[];
  readonly totals: GraphTotals;
  /** Operators that are not known, as `domain:opType`. */
  readonly unsupported: readonly { readonly operator: string; readonly count: number }[];
}

/** @param fusedInto for each node that a target's engine fuses into another, that other one. */
export function summarize(graph: Graph, fusedInto: ReadonlyMap<NodeId, NodeId> = new Map()): GraphSummary {
  const tensors = (ids: readonly ValueId[]): readonly TensorSummary[] => ids.map((id) => tensorSummary(graph, id));
  return {
    modelId: graph.modelId,
    name: graph.name,
    producer: graph.producer,
    opsets: [...graph.opsets].map(([domain, version]) => ({ domain, version })),
    inputs: tensors(graph.inputs),
    outputs: tensors(graph.outputs),
    nodes: graph.nodes.map((node) => nodeSummary(graph, node, fusedInto)),
    totals: graph.totals,
    unsupported: [...graph.unsupported].map(([operator, count]) => ({ operator, count })),
  };
}

function nodeSummary(graph: Graph, node: GraphNode, fusedInto: ReadonlyMap<NodeId, NodeId>): NodeSummary {
  const { name, domain, opType, cost, parameters, folded } = node;
  const into = fusedInto.get(node.id);
  return {
    name,
    domain,
    opType,
    inputs: node.inputs.map((id) => (id === null ? "" : (graph.values[id]?.name ?? ""))),
    outputs: node.outputs.filter((id) => id !== null).map((id) => tensorSummary(graph, id)),
    flops: cost?.flops ?? null,
    bytes: cost === null ? null : cost.bytesRead + cost.bytesWritten,
    parameters,
    folded,
    fusedInto: into === undefined ? null : (graph.nodes[into]?.name ?? null),
  };
}

function tensorSummary(graph: Graph, id: ValueId): TensorSummary {
  const value = graph.values[id];
  return { name: value?.name ?? "", dtype: value?.fact.dtype ?? null, shape: value?.fact.shape ?? null };
}
