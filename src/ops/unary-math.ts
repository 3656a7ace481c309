import { intAttr } from "../onnx/attributes.js";
import type { Operator } from "./operator.js";
import { noAttributes, unary } from "./unary.js";

/**
 * Mathematical functions of one element. One evaluation of an elementary function (exp, log, sqrt, erf, sine and
 * their like) counts as one FLOP, whatever number of instructions a library spends on it.
 */
function elementary(type: string, since: readonly number[], evaluate?: (x: number) => number): Operator {
  return unary({
    type,
    since,
    flopsPerElement: 1,
    parseAttributes: noAttributes,
    ...(evaluate === undefined ? {} : { evaluate }),
  });
}

/** Half to even, as ONNX's Round. */
function roundHalfToEven(x: number): number {
  return x - Math.floor(x) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}

export const operators: readonly Operator[] = [
  elementary("Abs", [1, 6, 13], Math.abs),
  elementary("Neg", [1, 6, 13], (x) => -x),
  elementary("Sign", [9, 13], Math.sign),
  elementary("Floor", [1, 6, 13], Math.floor),
  elementary("Ceil", [1, 6, 13], Math.ceil),
  elementary("Round", [11, 22], roundHalfToEven),
  elementary("Reciprocal", [1, 6, 13], (x) => 1 / x),
  elementary("Sqrt", [1, 6, 13], Math.sqrt),
  elementary("Exp", [1, 6, 13], Math.exp),
  elementary("Log", [1, 6, 13], Math.log),
  elementary("Erf", [9, 13]),
  elementary("Sin", [7, 22]),
  elementary("Cos", [7, 22]),
  elementary("Tan", [7, 22]),
  elementary("Asin", [7, 22]),
  elementary("Acos", [7, 22]),
  elementary("Atan", [7, 22]),
  elementary("Sinh", [9, 22]),
  elementary("Cosh", [9, 22]),
  elementary("Asinh", [9, 22]),
  elementary("Acosh", [9, 22]),
  elementary("Atanh", [9, 22]),
  elementary("BitwiseNot", [18]),
  unary({
    type: "IsNaN",
    since: [9, 13, 20],
    flopsPerElement: 1,
    outputType: "bool",
    parseAttributes: noAttributes,
  }),
  unary({
    type: "IsInf",
    since: [10, 20],
    flopsPerElement: 1,
    outputType: "bool",
    parseAttributes: (node) => ({
      detectNegative: intAttr(node, "detect_negative", 1) !== 0,
      detectPositive: intAttr(node, "detect_positive", 1) !== 0,
    }),
  }),
];
