import type { DataType } from "../onnx/dtype.js";
import type { OnnxAttribute, Shape } from "../onnx/types.js";
import type { Cost, OperatorKind, ValueFact } from "../ops/operator.js";

/** Index into Graph.values. */
export type ValueId = number;
/** Index into Graph.nodes; nodes are topologically sorted. */
export type NodeId = number;

export interface GraphValue {
  readonly name: string;
  readonly role: "input" | "initializer" | "activation";
  readonly fact: ValueFact;
  /** null for inputs and initializers. */
  readonly producer: NodeId | null;
  readonly consumers: readonly NodeId[];
}

export interface GraphNode {
  readonly id: NodeId;
  /** The file's name for it, or `opType_index` where the file gives none. */
  readonly name: string;
  readonly domain: string;
  readonly opType: string;
  readonly opset: number;
  /** null: an operator that is not known. */
  readonly kind: OperatorKind | null;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (ValueId | null)[];
  readonly outputs: readonly (ValueId | null)[];
  /** What its subgraphs take from around it, by the names that they call it by. */
  readonly captured: ReadonlyMap<string, ValueId>;
  readonly rawAttributes: ReadonlyMap<string, OnnxAttribute>;
  /** What the operator's parseAttributes returned; undefined for an unknown operator. */
  readonly attributes: unknown;
  /** True when all its outputs are known before the run, so an engine folds it away. */
  readonly folded: boolean;
  /** null: operator unknown, or a dimension that matters is unknown. */
  readonly cost: Cost | null;
  /** Elements of the weights (initializers) that the node reads. */
  readonly parameters: number;
  /** What a loop does; null for other nodes, and where how often it runs or what it costs is not known. */
  readonly repeats: Repeat | null;
}

/** A graph that a node runs a number of times, each time with the same work. What it takes from around it is an input. */
export interface Repeat {
  readonly graph: Graph;
  /** At least 1. */
  readonly times: number;
}

/** Compressed sparse rows: the neighbours of node i are columns[rowOffsets[i] .. rowOffsets[i + 1]). */
export interface CsrMatrix {
  readonly size: number;
  readonly rowOffsets: Uint32Array;
  readonly columns: Uint32Array;
}

/** A model as a typed, readonly graph in topological order, with shapes and costs. */
export interface Graph {
  readonly name: string;
  readonly producer: string;
  readonly opsets: ReadonlyMap<string, number>;
  readonly values: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Directed: row i lists the consumers of node i's outputs, each once, ascending. */
  readonly adjacency: CsrMatrix;
  /** sha256 (hex) of structure, attributes, shapes and types; independent of weights and of names of values. */
  readonly modelId: string;
  readonly totals: GraphTotals;
  /** Operators that are not known, as `domain:opType`, each with how often it occurs. */
  readonly unsupported: ReadonlyMap<string, number>;
}

export interface GraphTotals {
  readonly flops: number;
  readonly macs: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly peakActivationBytes: number;
  readonly convolutions: number;
  readonly fullyConnected: number;
  readonly batchNorms: number;
}

export type { DataType, Shape };
