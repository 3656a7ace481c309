import { intAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { isKnown, normalizeAxis } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { stridesOf } from "../shapes/indexing.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";
import { computeCost, levelsOf, perElement } from "./work.js";

export interface UniqueAttributes {
  /** null: all elements, in order, rather than slices along an axis. */
  readonly axis: number | null;
}

/**
 * Unique: the distinct elements or slices, where each first stands, which of them every one is, and how often each
 * occurs. How many there are depends on the data. FLOPs: sorting n of them, 1 + ceil(log2 n) an element.
 */
const unique = defineOperator<UniqueAttributes>({
  domain: "",
  type: "Unique",
  since: [11, 28],
  kind: "other",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis") ?? null }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const { axis: given } = context.attributes;
    const axis = given === null || x.shape === null ? null : normalizeAxis(given, x.shape.length);
    const distinct = countDistinct(x, axis);
    const shape = given === null ? [distinct] : (x.shape?.map((dim, at) => (at === axis ? distinct : dim)) ?? null);
    const all = given === null ? flattened(x.shape) : axis === null ? null : (x.shape?.[axis] ?? null);
    const facts = [fact(x.dtype, shape), fact("int64", [distinct]), fact("int64", [all]), fact("int64", [distinct])];
    return facts.slice(0, context.node.outputs.length);
  },
  cost(context) {
    const { axis } = context.attributes;
    const shape = context.inputs[0]?.shape ?? null;
    const compared = axis === null || shape === null ? flattened(shape) : (shape[normalizeAxis(axis, shape.length)] ?? null);
    const levels = typeof compared === "number" ? levelsOf(compared) : 0;
    return computeCost(context, { otherFlops: perElement(shape ?? undefined, 1 + levels) });
  },
});

/** Number of elements, a vector's being a symbol perhaps. */
function flattened(shape: Shape): Dim {
  return shape?.length === 1 ? (shape[0] ?? null) : numElements(shape);
}

/** null where an element is not known; what is no number equals nothing in one engine and itself in another. */
function countDistinct({ shape, value }: ValueFact, axis: number | null): Dim {
  if (value === null || !isKnown(shape)) return null;
  if (!value.every((element) => typeof element === "number" && !Number.isNaN(element))) return null;
  if (axis === null) return new Set(value).size;
  if (value.length === 0) return null;
  const stride = stridesOf(shape)[axis] ?? 1;
  const slices = Array.from({ length: shape[axis] ?? 0 }, (): Dim[] => []);
  value.forEach((element, at) => slices[Math.floor(at / stride) % slices.length]?.push(element));
  return new Set(slices.map((slice) => slice.join())).size;
}

export const operators: readonly Operator[] = [unique];
