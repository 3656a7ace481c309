import { floatAttr } from "../onnx/attributes.js";
import type { DataType } from "../onnx/dtype.js";
import type { OnnxNode } from "../onnx/types.js";
import { representable } from "./element-arithmetic.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

export interface UnaryOptions<A> {
  readonly type: string;
  readonly since: readonly number[];
  /** Operations on one element, by the formula that the operator's entry states. */
  readonly flopsPerElement: number | ((attributes: A) => number);
  readonly parseAttributes: (node: OnnxNode, opset: number) => A;
  /** The function itself, where exporters use it to compute shapes. */
  readonly evaluate?: (x: number) => number;
  /** Type of the output where it is not the input's. */
  readonly outputType?: DataType;
}

/** An operator that maps every element of its first input by itself: shape and, as a rule, type stay. */
export function unary<A>(options: UnaryOptions<A>): Operator {
  const { flopsPerElement, evaluate, outputType } = options;
  return defineOperator<A>({
    domain: "",
    type: options.type,
    since: options.since,
    kind: "activation",
    parseAttributes: options.parseAttributes,
    inferShapes(context) {
      const { dtype, shape, value } = requiredInput(context, 0, "X");
      const mapped =
        evaluate === undefined
          ? null
          : value?.map((element) => (typeof element === "number" ? representable(evaluate(element), dtype) : null));
      return [fact(outputType ?? dtype, shape, { value: mapped ?? null })];
    },
    cost(context) {
      const flops = typeof flopsPerElement === "number" ? flopsPerElement : flopsPerElement(context.attributes);
      return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flops) });
    },
  });
}

/** Parser for an operator without attributes; those that old opsets had (consumed_inputs) mean nothing. */
export function noAttributes(): null {
  return null;
}

/**
 * Parser for an operator whose attributes are floats that change its numbers, not its cost.
 * @throws ModelError("malformed") where one is no float.
 */
export function floats<K extends string>(defaults: Readonly<Record<K, number>>): (node: OnnxNode) => Record<K, number> {
  return (node) => {
    const read: Record<K, number> = { ...defaults };
    for (const name in defaults) read[name] = floatAttr(node, name, defaults[name]);
    return read;
  };
}
