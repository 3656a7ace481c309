import type { DataType } from "../../src/onnx/dtype.js";
import type { Dim, OnnxAttribute, Shape } from "../../src/onnx/types.js";
import { fact } from "../../src/ops/facts.js";
import type { Cost, ValueFact } from "../../src/ops/operator.js";
import { ModelError, type ModelErrorDetail } from "../../src/wire/errors.js";
import type { AttributeSpec } from "./onnx.js";
import { run } from "./operators.js";

/** One node of a compute operator, with defaults for what a test is not about. */
export interface OperatorCase {
  readonly inputs: readonly (ValueFact | null)[];
  /** A number is an integer attribute; floats are spelled with {@link float}. */
  readonly attributes?: AttributeSpec;
  /** ai.onnx by default. */
  readonly domain?: string;
  /** The latest but a few by default. */
  readonly opset?: number;
  /** How many outputs the node asks for; one by default. */
  readonly outputs?: number;
}

/** A float32 tensor unless another type is given; `value` for those whose elements are known. */
export function tensor(
  shape: Shape,
  known: { readonly dtype?: DataType; readonly value?: readonly Dim[] } = {},
): ValueFact {
  return fact(known.dtype ?? "float32", shape, { value: known.value ?? null });
}

/** A known vector of int64, as shapes and axes are. */
export function int64s(...value: readonly Dim[]): ValueFact {
  return tensor([value.length], { dtype: "int64", value });
}

/** A known vector of float32, as scales are. */
export function float32s(...value: readonly number[]): ValueFact {
  return tensor([value.length], { value: value.map(Math.fround) });
}

export function float(value: number): OnnxAttribute {
  return { kind: "float", value };
}

export function floats(...value: readonly number[]): OnnxAttribute {
  return { kind: "floats", value };
}

function started(type: string, { domain, opset = 24, inputs, attributes, outputs }: OperatorCase) {
  return run(type, opset, inputs, attributes, outputs, domain);
}

/** Facts of the outputs. */
export function infer(type: string, node: OperatorCase): readonly ValueFact[] {
  return started(type, node).outputs;
}

/** Shape of the first output. */
export function shapeOf(type: string, node: OperatorCase): Shape {
  return started(type, node).shape;
}

/** Elements of the first output. */
export function valueOf(type: string, node: OperatorCase): readonly Dim[] | null {
  return started(type, node).value;
}

export function costOf(type: string, node: OperatorCase): Cost {
  return started(type, node).cost();
}

/** Why the operator refuses the node; throws when it does not. */
export function refusal(type: string, node: OperatorCase): { readonly code: string } & ModelErrorDetail {
  try {
    costOf(type, node);
  } catch (error) {
    if (error instanceof ModelError) return { code: error.code, ...error.detail };
    throw error;
  }
  throw new Error(`${type} accepts the node`);
}
