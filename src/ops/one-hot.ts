import { intAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { checkedRank, normalizeAxis } from "../shapes/dims.js";
import { contradiction } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { copyCost, fact, requiredInput, scalarValue } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

/** OneHot: for each index a vector of `depth` elements along a new axis, one of which is set. */
const oneHot = defineOperator<{ readonly axis: number }>({
  domain: "",
  type: "OneHot",
  since: [9, 11, 28],
  kind: "movement",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", -1) }),
  inferShapes(context) {
    const indices = requiredInput(context, 0, "indices").shape;
    const values = requiredInput(context, 2, "values");
    assertRank(context.node, "values", values.shape, 1);
    return [fact(values.dtype, oneHotShape(context, indices, depthOf(context)))];
  },
  cost: copyCost,
});

function oneHotShape(context: InferenceContext<{ readonly axis: number }>, indices: Shape, depth: Dim): Shape {
  if (indices === null) return null;
  const axis = normalizeAxis(context.attributes.axis, checkedRank(indices.length + 1));
  return [...indices.slice(0, axis), depth, ...indices.slice(axis)];
}

/** A depth may come as a float, which is then cut to an integer. */
function depthOf(context: InferenceContext<unknown>): Dim {
  const depth = scalarValue(requiredInput(context, 1, "depth"));
  if (typeof depth !== "number") return depth;
  const whole = Math.trunc(depth);
  if (Number.isSafeInteger(whole) && whole >= 0) return whole;
  throw contradiction(context.node, "depth", `${depth} is no depth`);
}

export const operators: readonly Operator[] = [oneHot];
