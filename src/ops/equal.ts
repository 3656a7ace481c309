import type { Dim } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { broadcastValue } from "./broadcast-value.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/** One operation for each element of the output. */
function logicCost(context: CostContext<null>): Cost {
  return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 1) });
}

const equal = defineOperator<null>({
  domain: "",
  type: "Equal",
  since: [1, 7, 11, 13, 19],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, 1, "B");
    // Before opset 7 B stretches to A, along an axis that an attribute names; values are not followed there.
    if (context.opset < 7) return [fact("bool", a.shape)];
    const shape = broadcastShapes(a.shape, b.shape);
    const left = broadcastValue(a, shape);
    const right = broadcastValue(b, shape);
    const value = left !== null && right !== null ? left.map((element, at) => equals(element, right[at] ?? null)) : null;
    return [fact("bool", shape, { value })];
  },
  cost: logicCost,
});

/** 1 or 0; null where unknown. A symbol stands for a dimension, so it never equals a negative number. */
function equals(a: Dim, b: Dim): Dim {
  if (a === null || b === null) return null;
  if (a === b) return 1;
  if (typeof a === "number" && typeof b === "number") return 0;
  const isNegative = (typeof a === "number" && a < 0) || (typeof b === "number" && b < 0);
  return isNegative ? 0 : null;
}

const not = defineOperator<null>({
  domain: "",
  type: "Not",
  since: [1],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const { shape, value } = requiredInput(context, 0, "X");
    const negated = value?.map((element) => (typeof element === "number" ? Number(element === 0) : null));
    return [fact("bool", shape, { value: negated ?? null })];
  },
  cost: logicCost,
});

export const operators: readonly Operator[] = [equal, not];
