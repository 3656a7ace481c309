import { intAttr, intsAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, normalizeAxes, normalizeAxis, unknownOfRank } from "../shapes/dims.js";
import { flag } from "./checks.js";
import * as rules from "./element-arithmetic.js";
import type { ElementRule } from "./element-arithmetic.js";
import { fact, integerValues, optionalInput, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

/**
 * Reductions over some axes. No MACs; FLOPs are the operations on each element of the input (one to accumulate it,
 * more where it is squared or exponentiated first) and those that finish each element of the output.
 */

export interface ReduceAttributes {
  readonly keepDims: boolean;
  /** What no axes mean: nothing is reduced, instead of everything. */
  readonly noopWithEmptyAxes: boolean;
  /** null: the axes are an input, since opset 13 (ReduceSum) or 18 (the others). */
  readonly axes: readonly number[] | null;
}

interface ReduceOptions {
  readonly type: string;
  readonly since: readonly number[];
  /** The opset that made the axes an input; 18 for all but ReduceSum. */
  readonly axesInputSince?: number;
  /** FLOPs for each element of the input and of the output. */
  readonly perInput: number;
  readonly perOutput: number;
  /** How two elements combine, where exporters compute shapes with it. */
  readonly rule?: ElementRule;
}

function reduction(options: ReduceOptions): Operator {
  const { perInput, perOutput, rule, axesInputSince = 18 } = options;
  return defineOperator<ReduceAttributes>({
    domain: "",
    type: options.type,
    since: options.since,
    kind: "reduce",
    parseAttributes: (node, opset) => ({
      keepDims: flag(node, "keepdims", true),
      noopWithEmptyAxes: flag(node, "noop_with_empty_axes", false),
      axes: opset < axesInputSince ? (intsAttr(node, "axes") ?? []) : null,
    }),
    inferShapes(context) {
      const data = requiredInput(context, 0, "data");
      const shape = reducedShape(context, data.shape);
      return [fact(data.dtype, shape, { value: rule === undefined ? null : reducedValue(data, shape, rule) })];
    },
    cost(context) {
      const accumulated = perElement(context.inputs[0]?.shape, perInput);
      const finished = perElement(context.outputs[0]?.shape, perOutput);
      return computeCost(context, { otherFlops: checkedAdd(accumulated, finished) });
    },
  });
}

function reducedShape(context: InferenceContext<ReduceAttributes>, shape: Shape): Shape {
  const { attributes } = context;
  if (shape === null) return null;
  const axesInput = attributes.axes === null ? optionalInput(context, 1) : null;
  const axes = attributes.axes ?? (axesInput === null ? [] : integerValues(axesInput));
  if (axes === null) return shapeForUnknownAxes(axesInput, shape, attributes);
  if (axes.length === 0 && attributes.noopWithEmptyAxes) return shape;
  const reduced = new Set(axes.length === 0 ? shape.keys() : normalizeAxes(axes, shape.length));
  return withoutAxes(shape, reduced, attributes.keepDims);
}

/** The rank follows from the number of axes, if that is known. */
function shapeForUnknownAxes(axes: ValueFact | null, shape: readonly Dim[], attributes: ReduceAttributes): Shape {
  if (attributes.keepDims) return unknownOfRank(shape.length);
  const count = axes === null ? null : vectorLength(axes);
  return count === null || count === 0 || count > shape.length ? null : unknownOfRank(shape.length - count);
}

function withoutAxes(shape: readonly Dim[], reduced: ReadonlySet<number>, keepDims: boolean): readonly Dim[] {
  if (keepDims) return shape.map((dim, axis) => (reduced.has(axis) ? 1 : dim));
  return shape.filter((_, axis) => !reduced.has(axis));
}

/** The one element that a known vector is reduced to, as in the product of a shape's dimensions. */
function reducedValue(data: ValueFact, shape: Shape, rule: ElementRule): readonly Dim[] | null {
  const { value, dtype } = data;
  if (value === null || value.length === 0 || data.shape?.length !== 1) return null;
  if (shape === null || (shape.length === 1 && shape[0] !== 1)) return null;
  return [value.reduce((result, element) => rule(result, element, dtype))];
}

export interface ArgAttributes {
  readonly axis: number;
  readonly keepDims: boolean;
}

/** ArgMax, ArgMin: where the extreme lies along one axis; one comparison for each element. */
function argument(type: string): Operator {
  return defineOperator<ArgAttributes>({
    domain: "",
    type,
    since: [1, 11, 12, 13],
    kind: "reduce",
    parseAttributes: (node) => ({ axis: intAttr(node, "axis", 0), keepDims: flag(node, "keepdims", true) }),
    inferShapes(context) {
      const { shape } = requiredInput(context, 0, "data");
      if (shape === null) return [fact("int64", null)];
      const axis = normalizeAxis(context.attributes.axis, shape.length);
      return [fact("int64", withoutAxes(shape, new Set([axis]), context.attributes.keepDims))];
    },
    cost: (context) => computeCost(context, { otherFlops: knownElements(context.inputs[0]?.shape) }),
  });
}

/** CumSum, CumProd: running totals along one axis; the shape stays. */
function cumulative(type: string, since: readonly number[]): Operator {
  return defineOperator<{ readonly exclusive: boolean; readonly reverse: boolean }>({
    domain: "",
    type,
    since,
    kind: "reduce",
    parseAttributes: (node: OnnxNode) => ({
      exclusive: flag(node, "exclusive", false),
      reverse: flag(node, "reverse", false),
    }),
    inferShapes(context) {
      const x = requiredInput(context, 0, "x");
      const axis = integerValues(requiredInput(context, 1, "axis"))?.[0];
      if (axis !== undefined && x.shape !== null) normalizeAxis(axis, x.shape.length);
      return [fact(x.dtype, x.shape)];
    },
    cost: (context) => computeCost(context, { otherFlops: knownElements(context.outputs[0]?.shape) }),
  });
}

const SINCE = [1, 11, 13, 18];
const EXTREMES_SINCE = [1, 11, 12, 13, 18, 20];
const LOGARITHMS_SINCE = [1, 11, 13, 18, 28];

export const operators: readonly Operator[] = [
  reduction({ type: "ReduceSum", since: [1, 11, 13], axesInputSince: 13, perInput: 1, perOutput: 0, rule: rules.add }),
  reduction({ type: "ReduceProd", since: SINCE, perInput: 1, perOutput: 0, rule: rules.multiply }),
  reduction({ type: "ReduceMax", since: EXTREMES_SINCE, perInput: 1, perOutput: 0, rule: rules.maximum }),
  reduction({ type: "ReduceMin", since: EXTREMES_SINCE, perInput: 1, perOutput: 0, rule: rules.minimum }),
  // sum; divide
  reduction({ type: "ReduceMean", since: SINCE, perInput: 1, perOutput: 1 }),
  // absolute value, sum
  reduction({ type: "ReduceL1", since: SINCE, perInput: 2, perOutput: 0 }),
  // square, sum; root
  reduction({ type: "ReduceL2", since: SINCE, perInput: 2, perOutput: 1 }),
  // square, sum
  reduction({ type: "ReduceSumSquare", since: SINCE, perInput: 2, perOutput: 0 }),
  // sum; log
  reduction({ type: "ReduceLogSum", since: LOGARITHMS_SINCE, perInput: 1, perOutput: 1 }),
  // maximum, subtract, exp, sum; log, add
  reduction({ type: "ReduceLogSumExp", since: LOGARITHMS_SINCE, perInput: 4, perOutput: 2 }),
  argument("ArgMax"),
  argument("ArgMin"),
  cumulative("CumSum", [11, 14]),
  cumulative("CumProd", [26]),
];
