import type { DataType } from "../../src/onnx/dtype.js";
import type { Dim, Shape } from "../../src/onnx/types.js";
import { fact } from "../../src/ops/facts.js";
import { lookupOperator } from "../../src/ops/index.js";
import type { Cost, ValueFact } from "../../src/ops/operator.js";
import { nodeOf, type AttributeSpec } from "./onnx.js";

/** A tensor of which the type and shape are known. */
export function tensor(shape: Shape, dtype: DataType = "float32"): ValueFact {
  return fact(dtype, shape);
}

/** An int64 vector with these elements. */
export function vector(...value: readonly Dim[]): ValueFact {
  return fact("int64", [value.length], { value });
}

/** An int64 scalar. */
export function scalar(value: Dim): ValueFact {
  return fact("int64", [], { value: [value] });
}

export interface Run {
  readonly outputs: readonly ValueFact[];
  /** The first output's. */
  readonly dtype: DataType | null;
  readonly shape: Shape;
  readonly value: readonly Dim[] | null;
  cost(): Cost;
}

/** Parses, infers and, when asked, costs one node as the graph does. */
export function run(
  opType: string,
  opset: number,
  inputs: readonly (ValueFact | null)[],
  attributes: AttributeSpec = {},
  outputCount = 1,
  domain = "",
): Run {
  const operator = lookupOperator(domain, opType, opset);
  if (operator === undefined) throw new Error(`${opType} is not known in opset ${opset}`);
  const names = inputs.map((input, at) => (input === null ? "" : `x${at}`));
  const produced = Array.from({ length: outputCount }, (_, at) => `y${at}`);
  const node = nodeOf(opType, names, produced, { attributes, domain });
  const parsed = operator.parseAttributes(node, opset);
  const context = { node, opset, attributes: parsed, inputs };
  const outputs = operator.inferShapes(context).slice(0, outputCount);
  const [first] = outputs;
  return {
    outputs,
    dtype: first?.dtype ?? null,
    shape: first?.shape ?? null,
    value: first?.value ?? null,
    cost: () => operator.cost({ ...context, outputs }),
  };
}

/** Arithmetic-free cost: bytes only. */
export function moves(bytesRead: number, bytesWritten: number): Cost {
  return { macs: 0, flops: 0, bytesRead, bytesWritten };
}
