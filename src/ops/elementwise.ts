import { intAttr, stringAttr } from "../onnx/attributes.js";
import type { DataType } from "../onnx/dtype.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { broadcastShapes } from "../shapes/broadcast.js";
import { normalizeAxis } from "../shapes/dims.js";
import { broadcastValue } from "./broadcast-value.js";
import { assertBroadcastsTo, flag, malformed } from "./checks.js";
import * as rules from "./element-arithmetic.js";
import type { ElementRule } from "./element-arithmetic.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/**
 * Arithmetic, comparison and logic on two or more tensors, element by element, with NumPy's broadcasting. Cost: one
 * FLOP for each element of the output and each operation, so n - 1 for the sum of n tensors, n for their mean.
 *
 * Small known tensors are calculated, because exporters spell shapes as arithmetic on them.
 */

interface BinaryAttributes {
  /** Broadcasting as it was before opset 7, where B stretches to A; null since then. */
  readonly legacy: LegacyBroadcast | null;
  /** How two elements combine; null where it is not followed. */
  readonly rule: ElementRule | null;
}

interface LegacyBroadcast {
  readonly enabled: boolean;
  /** The axis of A that B's first axis meets; null: B is aligned at the end. */
  readonly axis: number | null;
}

/** "arithmetic" keeps the type of the first input, "logic" yields truth values. */
type ResultType = "arithmetic" | "logic";

function binary(
  type: string,
  since: readonly number[],
  result: ResultType,
  ruleOf: (node: OnnxNode) => ElementRule | null,
): Operator {
  return defineOperator<BinaryAttributes>({
    domain: "",
    type,
    since,
    kind: "elementwise",
    parseAttributes: (node, opset) => ({ legacy: opset < 7 ? parseLegacy(node) : null, rule: ruleOf(node) }),
    inferShapes(context) {
      const a = requiredInput(context, 0, "A");
      const b = requiredInput(context, 1, "B");
      const shape = binaryShape(context, a.shape, b.shape);
      const operandType = a.dtype ?? b.dtype;
      const { legacy, rule } = context.attributes;
      const value = legacy === null && rule !== null ? combined([a, b], shape, rule, operandType) : null;
      return [fact(result === "logic" ? "bool" : operandType, shape, { value })];
    },
    cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 1) }),
  });
}

function parseLegacy(node: OnnxNode): LegacyBroadcast {
  return { enabled: flag(node, "broadcast", false), axis: intAttr(node, "axis") ?? null };
}

function binaryShape({ node, attributes }: InferenceContext<BinaryAttributes>, a: Shape, b: Shape): Shape {
  const { legacy } = attributes;
  if (legacy?.enabled !== true) return broadcastShapes(a, b);
  if (a !== null && b !== null) {
    // With an axis, B's own axes are followed by as many 1s as bring it to A's last one.
    const from = legacy.axis === null ? a.length - b.length : normalizeAxis(legacy.axis, a.length);
    const trailing = Math.max(0, a.length - b.length - from);
    assertBroadcastsTo(node, "B", [...b, ...new Array<Dim>(trailing).fill(1)], a);
  }
  return a;
}

/** A sum, mean, minimum or maximum of any number of tensors. */
function variadic(type: string, flopsOf: (tensors: number) => number, rule: ElementRule | null): Operator {
  return defineOperator<null>({
    domain: "",
    type,
    since: type === "Min" || type === "Max" ? [1, 6, 8, 12, 13] : [1, 6, 8, 13],
    kind: "elementwise",
    parseAttributes: () => null,
    inferShapes(context) {
      const tensors = context.node.inputs.map((_, index) => requiredInput(context, index, `data_${index}`));
      if (tensors.length === 0) requiredInput(context, 0, "data_0");
      const shape = tensors.reduce<Shape>((result, tensor) => broadcastShapes(result, tensor.shape), []);
      const dtype = tensors.find((tensor) => tensor.dtype !== null)?.dtype ?? null;
      return [fact(dtype, shape, { value: rule === null ? null : combined(tensors, shape, rule, dtype) })];
    },
    cost(context) {
      return computeCost(context, {
        otherFlops: perElement(context.outputs[0]?.shape, flopsOf(context.inputs.length)),
      });
    },
  });
}

/** A sum of more is data, not shape arithmetic; following it would cost time that the file's size does not bound. */
const MAX_FOLLOWED_TENSORS = 16;

/** Elements of the result, combined from left to right; null where an operand's elements or the shape are not known. */
function combined(
  tensors: readonly ValueFact[],
  shape: Shape,
  rule: ElementRule,
  dtype: DataType | null,
): readonly Dim[] | null {
  if (tensors.length > MAX_FOLLOWED_TENSORS) return null;
  let result: readonly Dim[] | null = null;
  for (const tensor of tensors) {
    const elements = broadcastValue(tensor, shape);
    if (elements === null) return null;
    result = result === null ? elements : result.map((element, at) => rule(element, elements[at] ?? null, dtype));
  }
  return result;
}

function shiftRule(node: OnnxNode): null {
  const direction = stringAttr(node, "direction");
  if (direction === "LEFT" || direction === "RIGHT") return null;
  throw malformed(node, "direction", "direction must be LEFT or RIGHT");
}

function moduloRule(node: OnnxNode): ElementRule {
  return flag(node, "fmod", false) ? rules.truncatedModulo : rules.floorModulo;
}

const ARITHMETIC_SINCE = [1, 6, 7, 13, 14];

export const operators: readonly Operator[] = [
  binary("Add", ARITHMETIC_SINCE, "arithmetic", () => rules.add),
  binary("Sub", ARITHMETIC_SINCE, "arithmetic", () => rules.subtract),
  binary("Mul", ARITHMETIC_SINCE, "arithmetic", () => rules.multiply),
  binary("Div", ARITHMETIC_SINCE, "arithmetic", () => rules.divide),
  binary("Pow", [1, 7, 12, 13, 15], "arithmetic", () => rules.power),
  binary("Mod", [10, 13, 28], "arithmetic", moduloRule),
  binary("BitShift", [11, 28], "arithmetic", shiftRule),
  binary("BitwiseAnd", [18], "arithmetic", () => null),
  binary("BitwiseOr", [18], "arithmetic", () => null),
  binary("BitwiseXor", [18], "arithmetic", () => null),
  binary("Less", [1, 7, 9, 13], "logic", () => rules.less),
  binary("LessOrEqual", [12, 16], "logic", () => rules.lessOrEqual),
  binary("Greater", [1, 7, 9, 13], "logic", () => rules.greater),
  binary("GreaterOrEqual", [12, 16], "logic", () => rules.greaterOrEqual),
  binary("And", [1, 7], "logic", () => rules.logicalAnd),
  binary("Or", [1, 7], "logic", () => rules.logicalOr),
  binary("Xor", [1, 7], "logic", () => rules.logicalXor),
  variadic("Sum", (tensors) => tensors - 1, rules.add),
  variadic("Mean", (tensors) => tensors, null),
  variadic("Min", (tensors) => tensors - 1, rules.minimum),
  variadic("Max", (tensors) => tensors - 1, rules.maximum),
];
