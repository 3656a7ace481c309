import { intAttr, stringAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { contradiction, malformed } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

const REDUCTIONS = ["none", "add", "mul", "max", "min"];

interface ScatterAttributes {
  /** True when an update is combined with the element that it meets; false when it takes its place. */
  readonly combines: boolean;
}

interface ScatterElementsAttributes extends ScatterAttributes {
  readonly axis: number;
}

/** ScatterND: a copy of the data with slices at index tuples replaced by, or combined with, the updates. */
const scatterNd = defineOperator<ScatterAttributes>({
  domain: "",
  type: "ScatterND",
  since: [11, 13, 16, 18],
  kind: "movement",
  parseAttributes: (node) => ({ combines: combines(node) }),
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    const indices = requiredInput(context, 1, "indices");
    const tuple = indices.shape?.at(-1);
    if (typeof tuple === "number" && data.shape !== null && (tuple < 1 || tuple > data.shape.length)) {
      throw contradiction(context.node, "indices", `index tuples of ${tuple} into rank ${data.shape.length}`);
    }
    return [fact(data.dtype, data.shape)];
  },
  cost: scatterCost,
});

/** ScatterElements, which was called Scatter before opset 11: single elements along one axis. */
function scatterElements(type: "Scatter" | "ScatterElements", since: readonly number[]): Operator {
  return defineOperator<ScatterElementsAttributes>({
    domain: "",
    type,
    since,
    kind: "movement",
    parseAttributes: (node) => ({ axis: intAttr(node, "axis", 0), combines: combines(node) }),
    inferShapes(context) {
      const data = requiredInput(context, 0, "data");
      const indices = requiredInput(context, 1, "indices");
      if (data.shape !== null) {
        normalizeAxis(context.attributes.axis, data.shape.length);
        if (indices.shape !== null && indices.shape.length !== data.shape.length) {
          throw contradiction(context.node, "indices", "data and indices differ in rank");
        }
      }
      return [fact(data.dtype, data.shape)];
    },
    cost: scatterCost,
  });
}

/** Reads data, indices and updates, writes a copy; one operation for each update that is combined. */
function scatterCost(context: CostContext<ScatterAttributes>): Cost {
  return computeCost(context, { otherFlops: context.attributes.combines ? perElement(context.inputs[2]?.shape, 1) : 0 });
}

function combines(node: OnnxNode): boolean {
  const reduction = stringAttr(node, "reduction", "none");
  if (!REDUCTIONS.includes(reduction)) throw malformed(node, "reduction", `reduction "${reduction}" is not known`);
  return reduction !== "none";
}

export const operators: readonly Operator[] = [
  scatterNd,
  scatterElements("Scatter", [9]),
  scatterElements("ScatterElements", [11, 13, 16, 18]),
];
