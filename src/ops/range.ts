import type { DataType } from "../onnx/dtype.js";
import type { Dim } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { representable } from "./element-arithmetic.js";
import { fact, MAX_VALUE_ELEMENTS, movementCost, requiredInput, scalarValue, tensorBytes } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** Range: start, start + delta, ... up to limit, which is left out. */
const range = defineOperator<null>({
  domain: "",
  type: "Range",
  since: [11, 27],
  kind: "constant",
  parseAttributes: () => null,
  inferShapes(context) {
    const first = requiredInput(context, 0, "start");
    const start = scalarValue(first);
    const limit = scalarValue(requiredInput(context, 1, "limit"));
    const delta = scalarValue(requiredInput(context, 2, "delta"));
    const length = rangeLength(start, limit, delta);
    return [fact(first.dtype, [length], { value: rangeValue(start, delta, length, first.dtype) })];
  },
  /** Nothing is read; the output is written when its bounds are only known as the model runs. */
  cost: ({ outputs }) => movementCost(0, tensorBytes(outputs)),
});

/** max(0, ceil((limit - start) / delta)); a symbol as the limit counts itself from 0 in steps of 1. */
function rangeLength(start: Dim, limit: Dim, delta: Dim): Dim {
  if (delta === 0) throw new ModelError("invalid-graph", "a range in steps of 0", { field: "delta" });
  if (typeof start !== "number" || typeof limit !== "number" || typeof delta !== "number") {
    return start === 0 && delta === 1 && typeof limit === "string" ? limit : null;
  }
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (Number.isSafeInteger(length)) return length;
  throw new ModelError("limit-exceeded", `a range from ${start} to ${limit} in steps of ${delta}`, { field: "limit" });
}

function rangeValue(start: Dim, delta: Dim, length: Dim, dtype: DataType | null): readonly Dim[] | null {
  if (typeof start !== "number" || typeof delta !== "number" || typeof length !== "number") return null;
  if (length > MAX_VALUE_ELEMENTS) return null;
  return Array.from({ length }, (_, at) => representable(start + at * delta, dtype));
}

export const operators: readonly Operator[] = [range];
