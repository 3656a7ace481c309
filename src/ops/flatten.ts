import { intAttr } from "../onnx/attributes.js";
import type { Dim } from "../onnx/types.js";
import { mulDims, normalizeAxis } from "../shapes/dims.js";
import { fact, NO_COST, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** Flatten: the axes before and from `axis` on multiplied into a matrix; no data moves. */
const flatten = defineOperator<{ readonly axis: number }>({
  domain: "",
  type: "Flatten",
  since: [1, 9, 11, 13, 21, 23, 24, 25],
  kind: "view",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", 1) }),
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    if (input.shape === null) return [fact(input.dtype, [null, null], { value: input.value })];
    const rank = input.shape.length;
    // An axis equal to the rank is allowed: everything goes to the rows.
    const axis = context.attributes.axis === rank ? rank : normalizeAxis(context.attributes.axis, rank);
    const rows = input.shape.slice(0, axis).reduce<Dim>(mulDims, 1);
    const columns = input.shape.slice(axis).reduce<Dim>(mulDims, 1);
    return [fact(input.dtype, [rows, columns], { value: input.value })];
  },
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [flatten];
