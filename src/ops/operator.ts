import type { DataType } from "../onnx/dtype.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";

/** What is known of a tensor before anything runs. */
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
  | "control" // If, Loop, Scan
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

export interface InferenceContext<A> {
  readonly node: OnnxNode;
  /** Version of the node's domain that the model imports. */
  readonly opset: number;
  readonly attributes: A;
  /** null: an optional input that is left out. */
  readonly inputs: readonly (ValueFact | null)[];
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
  /** Throws ModelError("malformed") for attributes of a wrong type or value (stride 0, group 0, ...). */
  parseAttributes(node: OnnxNode, opset: number): A;
  /** One fact per output of the node, in order. */
  inferShapes(context: InferenceContext<A>): readonly ValueFact[];
  /** Exact work; there is no default, so that nothing unknown looks free. */
  cost(context: CostContext<A>): Cost;
}

/** Erases the attribute type so that operators of all kinds live in one registry; the parser guarantees the match. */
export function defineOperator<A>(operator: Operator<A>): Operator {
  return operator;
}
