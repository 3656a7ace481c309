import { intsAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { normalizeAxes } from "../shapes/dims.js";
import { assertSameDim } from "./checks.js";
import { fact, movementCost, requiredInput, tensorBytes, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";

export interface CenterCropPadAttributes {
  /** The axes that the shape speaks of; null: all. */
  readonly axes: readonly number[] | null;
}

/** CenterCropPad: the middle of a tensor where it is too large, zeros around it where it is too small. */
const centerCropPad = defineOperator<CenterCropPadAttributes>({
  domain: "",
  type: "CenterCropPad",
  since: [18],
  kind: "movement",
  parseAttributes: (node) => ({ axes: intsAttr(node, "axes") ?? null }),
  inferShapes(context) {
    const input = requiredInput(context, 0, "input_data");
    return [fact(input.dtype, framedShape(context, input.shape))];
  },
  /** What both have in common is read, and the shape. */
  cost({ inputs, outputs }) {
    const [input = null, target = null] = inputs;
    const output = outputs[0]?.shape ?? [];
    const common = input?.shape?.map((dim, axis) => smaller(dim, output[axis] ?? null)) ?? null;
    const read = input === null ? [] : [{ ...input, shape: common }];
    return movementCost(tensorBytes([...read, target]), tensorBytes(outputs));
  },
});

function framedShape(context: InferenceContext<CenterCropPadAttributes>, x: Shape): Shape {
  const target = requiredInput(context, 1, "shape");
  const given = dimsFromValue(target);
  if (x === null) return context.attributes.axes === null ? given : null;
  const axes = normalizeAxes(context.attributes.axes ?? [...x.keys()], x.length);
  assertSameDim(context.node, "shape", vectorLength(target), axes.length, "elements of shape and axes");
  const shape: Dim[] = [...x];
  axes.forEach((axis, at) => (shape[axis] = given?.[at] ?? null));
  return shape;
}

function smaller(a: Dim, b: Dim): Dim {
  return typeof a === "number" && typeof b === "number" ? Math.min(a, b) : null;
}

export const operators: readonly Operator[] = [centerCropPad];
