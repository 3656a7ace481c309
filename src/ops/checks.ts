import { intAttr, intsAttr } from "../onnx/attributes.js";
import { dataTypeOf, type DataType } from "../onnx/dtype.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { formatShape } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";

/** An attribute whose value the operator's definition forbids, whatever the inputs are. */
export function malformed(node: OnnxNode, field: string, message: string): ModelError {
  return new ModelError("malformed", `${labelOf(node)}: ${message}`, { node: node.name, opType: node.opType, field });
}

/** Inputs and attributes that are each well-formed but contradict each other. */
export function contradiction(node: OnnxNode, field: string, message: string): ModelError {
  return new ModelError("invalid-graph", `${labelOf(node)}: ${message}`, {
    node: node.name,
    opType: node.opType,
    field,
  });
}

function labelOf(node: OnnxNode): string {
  return node.name === "" ? node.opType : `${node.opType} "${node.name}"`;
}

/**
 * An integer attribute that must be at least 1.
 * @throws ModelError("malformed")
 */
export function positiveInt(node: OnnxNode, name: string, fallback: number): number {
  const value = intAttr(node, name, fallback);
  if (value >= 1) return value;
  throw malformed(node, name, `${name} must be at least 1, not ${value}`);
}

/**
 * A list of integers, each at least `minimum`; null where the node leaves it out. An empty list counts as left out,
 * as exporters write it for "the default".
 * @throws ModelError("malformed")
 */
export function boundedInts(node: OnnxNode, name: string, minimum: number): readonly number[] | null {
  const values = intsAttr(node, name) ?? [];
  const offending = values.find((value) => value < minimum);
  if (offending !== undefined) throw malformed(node, name, `${name} must be at least ${minimum}, not ${offending}`);
  return values.length === 0 ? null : values;
}

/**
 * An element type stored as its number in TensorProto.DataType; null where the node leaves it out or names none (0).
 * @throws ModelError("malformed") for a number that is no type.
 */
export function typeAttr(node: OnnxNode, name: string): DataType | null {
  const code = intAttr(node, name, 0);
  const dtype = dataTypeOf(code);
  if (dtype === null) throw malformed(node, name, `${name} ${code} names no type`);
  return dtype === "undefined" ? null : dtype;
}

/**
 * A flag stored as an integer; any value but 0 is true.
 * @throws ModelError("malformed") when the attribute is no integer.
 */
export function flag(node: OnnxNode, name: string, fallback: boolean): boolean {
  return intAttr(node, name, fallback ? 1 : 0) !== 0;
}

/**
 * ONNX's unidirectional broadcasting: `from` may stretch to `to`, never the other way round. What is unknown passes.
 * @throws ModelError("invalid-graph")
 */
export function assertBroadcastsTo(node: OnnxNode, field: string, from: Shape, to: Shape): void {
  if (from === null || to === null) return;
  const offset = to.length - from.length;
  if (offset >= 0 && from.every((dim, axis) => stretchesTo(dim, to[axis + offset] ?? null))) return;
  throw contradiction(node, field, `${field} ${formatShape(from)} does not broadcast to ${formatShape(to)}`);
}

function stretchesTo(dim: Dim, target: Dim): boolean {
  return typeof dim !== "number" || typeof target !== "number" || dim === 1 || dim === target;
}

/**
 * Two dimensions that the operator requires to be equal. What is unknown passes.
 * @throws ModelError("invalid-graph")
 */
export function assertSameDim(node: OnnxNode, field: string, a: Dim, b: Dim, meaning: string): void {
  if (typeof a !== "number" || typeof b !== "number" || a === b) return;
  throw contradiction(node, field, `${meaning}: ${a} and ${b} should be equal`);
}

/**
 * A vector with one element for each channel, such as a bias or a scale. What is unknown passes.
 * @throws ModelError("invalid-graph")
 */
export function assertVector(node: OnnxNode, field: string, vector: Shape, length: Dim): void {
  if (vector === null) return;
  if (vector.length !== 1) throw contradiction(node, field, `${field} ${formatShape(vector)} should be a vector`);
  assertSameDim(node, field, vector[0] ?? null, length, `length of ${field}`);
}

/**
 * A number of axes that an operator requires at least. An unknown shape passes.
 * @throws ModelError("invalid-graph")
 */
export function assertMinimumRank(node: OnnxNode, field: string, shape: Shape, rank: number): void {
  if (shape === null || shape.length >= rank) return;
  throw contradiction(node, field, `${field} ${formatShape(shape)} should have at least ${rank} axes`);
}
