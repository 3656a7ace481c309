import { intAttr } from "../onnx/attributes.js";
import type { Dim } from "../onnx/types.js";
import { mulDims } from "../shapes/dims.js";
import { fact, NO_COST, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

interface ShapeAttributes {
  readonly start: number;
  readonly end: number | null;
}

/** Shape: the dimensions of its input as a vector, cut to [start, end) from opset 15 on. */
const shape = defineOperator<ShapeAttributes>({
  domain: "",
  type: "Shape",
  since: [1, 13, 15, 19, 21, 23, 24, 25],
  kind: "constant",
  parseAttributes: (node) => ({ start: intAttr(node, "start", 0), end: intAttr(node, "end") ?? null }),
  inferShapes(context) {
    const dims = requiredInput(context, 0, "data").shape;
    if (dims === null) return [fact("int64", [null])];
    const start = clamped(context.attributes.start, dims.length);
    const end = clamped(context.attributes.end ?? dims.length, dims.length);
    const value = dims.slice(start, Math.max(start, end));
    return [fact("int64", [value.length], { value, constant: value.every((dim) => typeof dim === "number") })];
  },
  cost: () => NO_COST,
});

/** A bound counted from the front and kept within 0..rank. */
function clamped(bound: number, rank: number): number {
  return Math.min(Math.max(bound < 0 ? bound + rank : bound, 0), rank);
}

/** Size: the number of elements of its input as a scalar. */
const size = defineOperator<null>({
  domain: "",
  type: "Size",
  since: [1, 13, 19, 21, 23, 24, 25],
  kind: "constant",
  parseAttributes: () => null,
  inferShapes(context) {
    const dims = requiredInput(context, 0, "data").shape;
    const elements = dims === null ? null : dims.reduce<Dim>(mulDims, 1);
    return [fact("int64", [], { value: [elements], constant: typeof elements === "number" })];
  },
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [shape, size];
