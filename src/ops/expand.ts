import type { Dim, Shape } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { isKnown, unknownOfRank } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { broadcastElements } from "../shapes/indexing.js";
import { copyCost, fact, MAX_VALUE_ELEMENTS, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";

/** Expand: broadcasts its input with a shape; the input is read once, the output written. */
const expand = defineOperator<null>({
  domain: "",
  type: "Expand",
  since: [8, 13],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    const target = requiredInput(context, 1, "shape");
    const shape = broadcastShapes(input.shape, targetShape(target));
    return [fact(input.dtype, shape, { value: stretched(input, shape) })];
  },
  cost: copyCost,
});

function targetShape(target: ValueFact): Shape {
  const dims = dimsFromValue(target);
  if (dims !== null) return dims;
  const rank = vectorLength(target);
  return rank === null ? null : unknownOfRank(rank);
}

function stretched(input: ValueFact, shape: Shape): readonly Dim[] | null {
  if (input.value === null || !isKnown(input.shape) || !isKnown(shape)) return null;
  if (numElements(shape) > MAX_VALUE_ELEMENTS) return null;
  return broadcastElements(input.value, input.shape, shape);
}

export const operators: readonly Operator[] = [expand];
