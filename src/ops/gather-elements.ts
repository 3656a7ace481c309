import { intAttr } from "../onnx/attributes.js";
import { normalizeAxis } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { fact, requiredInput } from "./facts.js";
import { gatherCost } from "./gather.js";
import { defineOperator, type Operator } from "./operator.js";

/** GatherElements: one element of the data for each index; the output has the shape of the indices. */
const gatherElements = defineOperator<{ readonly axis: number }>({
  domain: "",
  type: "GatherElements",
  since: [11, 13],
  kind: "movement",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", 0) }),
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    const indices = requiredInput(context, 1, "indices");
    if (data.shape !== null) {
      normalizeAxis(context.attributes.axis, data.shape.length);
      if (indices.shape !== null && indices.shape.length !== data.shape.length) {
        throw new ModelError("invalid-graph", "data and indices differ in rank", { field: "indices" });
      }
    }
    return [fact(data.dtype, indices.shape)];
  },
  cost: gatherCost,
});

export const operators: readonly Operator[] = [gatherElements];
