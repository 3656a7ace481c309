import { intAttr } from "../onnx/attributes.js";
import type { Shape } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { fact, requiredInput } from "./facts.js";
import { gatherCost } from "./gather.js";
import { defineOperator, type Operator } from "./operator.js";

/** GatherND: slices of the data at index tuples, which lie along the last axis of the indices. */
const gatherNd = defineOperator<{ readonly batchDims: number }>({
  domain: "",
  type: "GatherND",
  since: [11, 12, 13],
  kind: "movement",
  parseAttributes: (node) => ({ batchDims: intAttr(node, "batch_dims", 0) }),
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    const indices = requiredInput(context, 1, "indices");
    return [fact(data.dtype, gatheredShape(data.shape, indices.shape, context.attributes.batchDims))];
  },
  cost: gatherCost,
});

/** indices[:-1] + data[batchDims + length of a tuple:]. */
function gatheredShape(data: Shape, indices: Shape, batchDims: number): Shape {
  if (data === null || indices === null) return null;
  const tuple = indices.at(-1);
  if (tuple === undefined || batchDims < 0 || batchDims >= Math.min(data.length, indices.length)) {
    throw new ModelError("invalid-graph", `batch_dims ${batchDims} for ranks ${data.length} and ${indices.length}`);
  }
  if (typeof tuple !== "number") return null;
  if (tuple < 1 || batchDims + tuple > data.length) {
    throw new ModelError("invalid-graph", `index tuples of ${tuple} into rank ${data.length}`, { field: "indices" });
  }
  return [...indices.slice(0, -1), ...data.slice(batchDims + tuple)];
}

export const operators: readonly Operator[] = [gatherNd];
