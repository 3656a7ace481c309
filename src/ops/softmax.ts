import { intAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

export interface SoftmaxAttributes {
  readonly axis: number;
  /**
   * Up to opset 12 the input is seen as a matrix, `[product before axis, product from axis on]`, and each row is
   * normalized as a whole; since 13 only the axis itself is. The count is the same, the rows' length is not.
   */
  readonly flattens: boolean;
}

/**
 * Softmax and its kin. FLOPs for each element: find the maximum, subtract it, exp, sum, divide (LogSoftmax: subtract
 * the logarithm of the sum) make 5; Hardmax compares twice.
 */
function softmax(type: string, flopsPerElement: number): Operator {
  return defineOperator<SoftmaxAttributes>({
    domain: "",
    type,
    since: [1, 11, 13],
    kind: "softmax",
    parseAttributes: (node: OnnxNode, opset) => ({
      axis: intAttr(node, "axis", opset < 13 ? 1 : -1),
      flattens: opset < 13,
    }),
    inferShapes(context) {
      const { dtype, shape } = requiredInput(context, 0, "input");
      if (shape !== null) normalizeAxis(context.attributes.axis, shape.length);
      return [fact(dtype, shape)];
    },
    cost: (context) => computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, flopsPerElement) }),
  });
}

export const operators: readonly Operator[] = [softmax("Softmax", 5), softmax("LogSoftmax", 5), softmax("Hardmax", 2)];
