import { intsAttr } from "../onnx/attributes.js";
import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedRank, formatShape, normalizeAxes, unknownOfRank } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { fact, integerValues, NO_COST, optionalInput, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

interface AxesAttributes {
  /** Before opset 13; later the axes are an input. null: not given. */
  readonly axes: readonly number[] | null;
}

/** The axes to insert or remove: as far as they are known, or only how many there are. */
type Axes =
  | { readonly kind: "none" }
  | { readonly kind: "known"; readonly axes: readonly number[] }
  | { readonly kind: "unknown"; readonly count: number | null };

function parseAxes(node: OnnxNode, opset: number): AxesAttributes {
  return { axes: opset < 13 ? (intsAttr(node, "axes") ?? null) : null };
}

function axesOf(context: InferenceContext<AxesAttributes>): Axes {
  if (context.attributes.axes !== null) return { kind: "known", axes: context.attributes.axes };
  const input = optionalInput(context, 1);
  if (context.opset < 13 || input === null) return { kind: "none" };
  const axes = integerValues(input);
  return axes === null ? { kind: "unknown", count: vectorLength(input) } : { kind: "known", axes };
}

/** Squeeze: removes axes of size 1; no data moves. */
const squeeze = defineOperator<AxesAttributes>({
  domain: "",
  type: "Squeeze",
  since: [1, 11, 13, 21, 23, 24, 25],
  kind: "view",
  parseAttributes: parseAxes,
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    return [fact(data.dtype, squeezed(data.shape, axesOf(context)), { value: data.value })];
  },
  cost: () => NO_COST,
});

function squeezed(shape: Shape, axes: Axes): Shape {
  if (shape === null) return null;
  if (axes.kind === "none") {
    return shape.every((dim) => typeof dim === "number") ? shape.filter((dim) => dim !== 1) : null;
  }
  if (axes.kind === "unknown") {
    return axes.count === null ? null : unknownOfRank(Math.max(shape.length - axes.count, 0));
  }
  const removed = new Set(normalizeAxes(axes.axes, shape.length));
  for (const axis of removed) {
    const dim = shape[axis];
    if (typeof dim !== "number" || dim === 1) continue;
    throw new ModelError("invalid-graph", `axis ${axis} of ${formatShape(shape)} is not 1`, { field: "axes" });
  }
  return shape.filter((_, axis) => !removed.has(axis));
}

/** Unsqueeze: inserts axes of size 1, counted in the output; no data moves. */
const unsqueeze = defineOperator<AxesAttributes>({
  domain: "",
  type: "Unsqueeze",
  since: [1, 11, 13, 21, 23, 24, 25],
  kind: "view",
  parseAttributes: parseAxes,
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    return [fact(data.dtype, unsqueezed(data.shape, axesOf(context)), { value: data.value })];
  },
  cost: () => NO_COST,
});

function unsqueezed(shape: Shape, axes: Axes): Shape {
  if (axes.kind === "none") throw new ModelError("invalid-graph", `"axes" are missing`, { field: "axes" });
  if (shape === null) return null;
  if (axes.kind === "unknown") return axes.count === null ? null : unknownOfRank(shape.length + axes.count);
  const rank = checkedRank(shape.length + axes.axes.length);
  const inserted = new Set(normalizeAxes(axes.axes, rank));
  const remaining = shape.values();
  return Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : (remaining.next().value ?? null)));
}

export const operators: readonly Operator[] = [squeeze, unsqueeze];
