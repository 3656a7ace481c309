import type { DataType } from "../onnx/dtype.js";
import type { Dim, OnnxGraph, OnnxNode, Shape } from "../onnx/types.js";

/** What is known of a value before anything runs; of a tensor unless `container` says otherwise. */
export interface ValueFact {
  readonly dtype: DataType | null;
  readonly shape: Shape;
  /**
   * The flattened elements of a small numeric tensor as far as they are known (shape arithmetic: results of Shape,
   * Gather, Concat, ...); an element may be a symbol or null. null: nothing is known of the elements.
   */
  readonly value: readonly Dim[] | null;
  /** True for initializers and whatever is computed from constants alone: engines fold it before running. */
  readonly constant: boolean;
  /** Of a sequence, an optional or a map, which have neither `dtype` nor `shape` of their own; absent for tensors. */
  readonly container?: ContainerFact;
}

/** What is known of a sequence of tensors or maps, of an optional that may hold a tensor or a sequence, or of a map. */
export interface ContainerFact {
  readonly kind: "sequence" | "optional" | "map";
  /** What holds for each that is in it; where nothing is in it, its type at most. */
  readonly element: ValueFact;
  /** How many are in it: of an optional 0 or 1. null: unknown. */
  readonly length: Dim;
  /** Each, where each is known by itself; else null. */
  readonly items: readonly ValueFact[] | null;
}

/** Coarse class of an operator; features, fusion rules and reports go by it. */
export type OperatorKind =
  | "conv"
  | "matmul" // MatMul, Gemm and their like
  | "pool"
  | "activation" // unary, elementwise
  | "elementwise" // n-ary, broadcasting arithmetic
  | "normalization"
  | "reduce"
  | "softmax"
  | "movement" // copies data: Concat, Split, Transpose, Slice, Pad, Gather, Resize, ...
  | "view" // changes the shape without touching the data: Reshape, Flatten, Squeeze, Identity, ...
  | "constant" // Constant, ConstantOfShape, Shape: known before the run
  | "control" // If, Loop, Scan, SequenceMap
  | "quantize"
  | "recurrent"
  | "other";

/**
 * Work of one node for one run. 1 MAC = 2 FLOPs. `flops` counts everything: two for each MAC, one for each other
 * arithmetic operation. Bytes are those of tensors as the operator touches them: inputs, weights, outputs.
 */
export interface Cost {
  readonly macs: number;
  readonly flops: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What one run of a graph among a node's attributes gives. */
export interface BodyRun {
  readonly outputs: readonly ValueFact[];
  /** null where the work of one of its nodes is not known. */
  readonly cost: Cost | null;
}

/** What an operator can ask of the graphs among its node's attributes. */
export interface Bodies {
  /**
   * A run of a graph with these inputs. What its nodes take from around it is known.
   * @throws ModelError of the graph's nodes; ModelError("invalid-graph") where the inputs are not as many as it has.
   */
  infer(body: OnnxGraph, inputs: readonly ValueFact[]): BodyRun;
  /** The same for a graph that may never run: null where its nodes contradict what they would be given. */
  attempt(body: OnnxGraph, inputs: readonly ValueFact[]): BodyRun | null;
  /** What was inferred last; null where nothing was, or an attempt failed. */
  last(body: OnnxGraph): BodyRun | null;
  /** Whether a graph may be inferred once more: loops in loops could ask for it without end. */
  mayRepeat(): boolean;
}

export interface InferenceContext<A> {
  readonly node: OnnxNode;
  /** Version of the node's domain that the model imports. */
  readonly opset: number;
  readonly attributes: A;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (ValueFact | null)[];
  /** There for nodes with graphs among their attributes. */
  readonly bodies?: Bodies;
}

export interface CostContext<A> extends InferenceContext<A> {
  /** Facts of the outputs; every dimension in inputs and outputs is an integer when cost is called. */
  readonly outputs: readonly (ValueFact | null)[];
}

/**
 * One operator: everything the service knows of it in one place. `inferShapes` never guesses: what is unknown stays
 * null. It throws ModelError("invalid-graph") where inputs contradict the operator's rules.
 */
export interface Operator<A = unknown> {
  /** "" is ai.onnx. */
  readonly domain: string;
  readonly type: string;
  /** Opsets in which the signature changed, ascending. */
  readonly since: readonly number[];
  readonly kind: OperatorKind;
  /** Draws random numbers: its outputs are not constant, whatever its inputs are. */
  readonly random?: boolean;
  /** Throws ModelError("malformed") for attributes of a wrong type or value (stride 0, group 0, ...). */
  parseAttributes(node: OnnxNode, opset: number): A;
  /** One fact per output of the node, in order. */
  inferShapes(context: InferenceContext<A>): readonly ValueFact[];
  /**
   * Exact work; there is no default, so that nothing unknown looks free. Throws ModelError("unresolved-dimension") where
   * it depends on what is not known.
   */
  cost(context: CostContext<A>): Cost;
  /**
   * The one graph among the node's attributes that runs in its place: once, with its outputs for the node's. null where
   * that is not known beforehand. Asked after inferShapes; absent for operators that do more than choose a graph.
   */
  takenGraph?(context: InferenceContext<A>): OnnxGraph | null;
  /**
   * The one graph among the node's attributes that makes up its work, and how often (at least once) it runs; null where
   * that is not known beforehand. Asked after inferShapes; absent for operators that run none, or do more beside it.
   */
  repeatedGraph?(context: InferenceContext<A>): { readonly graph: OnnxGraph; readonly times: number } | null;
}

/** Erases the attribute type so that operators of all kinds live in one registry; the parser guarantees the match. */
export function defineOperator<A>(operator: Operator<A>): Operator {
  return operator;
}
