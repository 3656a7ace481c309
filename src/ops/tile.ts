import type { Dim, Shape } from "../onnx/types.js";
import { isKnown, mulDims, normalizeAxis } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { fillByIndex, stridesOf } from "../shapes/indexing.js";
import { ModelError } from "../wire/errors.js";
import { copyCost, fact, MAX_VALUE_ELEMENTS, requiredInput, scalarOrVectorValue, scalarValue } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";

/** Tile: repeats its input along each axis; the input is counted as read once, the output as written. */
const tile = defineOperator<null>({
  domain: "",
  type: "Tile",
  since: [1, 6, 13],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    if (input.shape === null) return [fact(input.dtype, null)];
    const repeats = repeatsOf(context, input.shape.length);
    const shape = input.shape.map((dim, axis) => mulDims(dim, repeats[axis] ?? null));
    return [fact(input.dtype, shape, { value: repeated(input, shape) })];
  },
  cost: copyCost,
});

/** Repeats of each axis; opset 1 repeats one axis only and gives its number as an input. */
function repeatsOf(context: InferenceContext<null>, rank: number): readonly Dim[] {
  const unknown = new Array<Dim>(rank).fill(null);
  const input = requiredInput(context, 1, "repeats");
  if (context.opset < 6) {
    const axis = scalarValue(requiredInput(context, 2, "axis"));
    if (typeof axis !== "number") return unknown;
    return new Array<Dim>(rank).fill(1).with(normalizeAxis(axis, rank), scalarValue(input));
  }
  const repeats = scalarOrVectorValue(input) ?? unknown;
  if (repeats.length !== rank) throw invalid(`${repeats.length} repeats for rank ${rank}`);
  for (const count of repeats) {
    if (typeof count === "number" && !(Number.isInteger(count) && count >= 0)) throw invalid(`${count} repeats`);
  }
  return repeats;
}

function repeated(input: ValueFact, shape: Shape): readonly Dim[] | null {
  const { shape: from, value } = input;
  if (value === null || !isKnown(from) || !isKnown(shape) || numElements(shape) > MAX_VALUE_ELEMENTS) return null;
  const strides = stridesOf(from);
  return fillByIndex(shape, (index) => {
    const offset = index.reduce((sum, at, axis) => sum + (at % (from[axis] ?? 1)) * (strides[axis] ?? 0), 0);
    return value[offset] ?? null;
  });
}

function invalid(message: string): ModelError {
  return new ModelError("invalid-graph", message, { field: "repeats" });
}

export const operators: readonly Operator[] = [tile];
