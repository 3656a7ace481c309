import type { Dim } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { broadcastValue } from "./broadcast-value.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/** Where: an element of X where the condition holds, of Y elsewhere; one selection for each element of the output. */
const where = defineOperator<null>({
  domain: "",
  type: "Where",
  since: [9, 16],
  kind: "elementwise",
  parseAttributes: () => null,
  inferShapes(context) {
    const condition = requiredInput(context, 0, "condition");
    const x = requiredInput(context, 1, "X");
    const y = requiredInput(context, 2, "Y");
    const shape = broadcastShapes(condition.shape, x.shape, y.shape);
    const conditions = broadcastValue(condition, shape);
    const xs = broadcastValue(x, shape);
    const ys = broadcastValue(y, shape);
    const value =
      conditions === null ? null : conditions.map((holds, at) => selected(holds, xs?.[at] ?? null, ys?.[at] ?? null));
    return [fact(x.dtype ?? y.dtype, shape, { value })];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 1) }),
});

function selected(holds: Dim, x: Dim, y: Dim): Dim {
  if (typeof holds === "number") return holds === 0 ? y : x;
  return x === y ? x : null;
}

export const operators: readonly Operator[] = [where];
