import { intAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { formatShape, normalizeAxis } from "../shapes/dims.js";
import { contradiction, flag, positiveInt } from "./checks.js";
import { fact, optionalInput, requiredInput, scalarValue } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, levelsOf, perElement } from "./work.js";

export interface TopKAttributes {
  readonly axis: number;
  /** Opset 1; null: an input. */
  readonly k: number | null;
  readonly largest: boolean;
  readonly sorted: boolean;
}

/**
 * TopK: the k largest elements along an axis, and where they were. Comparisons of a heap of k through which every
 * element passes: 1 + ceil(log2(k)) each. Engines choose between this and a selection, so it is an upper bound.
 */
const topK = defineOperator<TopKAttributes>({
  domain: "",
  type: "TopK",
  since: [1, 10, 11, 24],
  kind: "other",
  parseAttributes: (node, opset) => ({
    axis: intAttr(node, "axis", -1),
    k: opset < 10 ? positiveInt(node, "k", 0) : null,
    largest: flag(node, "largest", true),
    sorted: flag(node, "sorted", true),
  }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const shape = topKShape(context, x.shape);
    return [fact(x.dtype, shape), fact("int64", shape)].slice(0, context.node.outputs.length);
  },
  cost(context) {
    const x = context.inputs[0]?.shape ?? null;
    const axis = normalizeAxis(context.attributes.axis, x?.length ?? 0);
    const k = context.outputs[0]?.shape?.[axis];
    const levels = typeof k === "number" ? levelsOf(k) : 0;
    return computeCost(context, { otherFlops: perElement(x, 1 + levels) });
  },
});

function topKShape(context: InferenceContext<TopKAttributes>, x: Shape): Shape {
  const { node, attributes } = context;
  const k = attributes.k ?? scalarValue(optionalInput(context, 1));
  if (x === null) return null;
  const axis = normalizeAxis(attributes.axis, x.length);
  assertWithin(node, k, x, axis);
  return x.map((dim, i) => (i === axis ? k : dim));
}

function assertWithin(node: OnnxNode, k: Dim, x: readonly Dim[], axis: number): void {
  const available = x[axis] ?? null;
  if (typeof k !== "number") return;
  if (Number.isInteger(k) && k >= 0 && (typeof available !== "number" || k <= available)) return;
  throw contradiction(node, "K", `the largest ${k} along axis ${axis} of ${formatShape(x)} do not exist`);
}

export const operators: readonly Operator[] = [topK];
