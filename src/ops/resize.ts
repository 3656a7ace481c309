import { floatAttr, floatsAttr, intsAttr, stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul, normalizeAxes } from "../shapes/dims.js";
import { contradiction, malformed } from "./checks.js";
import { fact, optionalInput, requiredInput, scalarOrVectorValue, vectorLength } from "./facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator, type ValueFact } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/**
 * Resize and its predecessor Upsample: every element of the output is one element of the input (nearest) or a weighted
 * sum of neighbours along each axis that changes. With d such axes an element costs 2^d (linear) or 4^d (cubic) taps
 * of two FLOPs; nearest costs none. No MACs are counted, because engines that separate the axes spend fewer. The wider
 * filter of `antialias` is not counted.
 */

const TAPS_PER_AXIS: ReadonlyMap<string, number> = new Map([
  ["nearest", 0],
  ["linear", 2],
  ["bilinear", 2], // Upsample of opset 1
  ["cubic", 4],
]);

function parseMode(node: OnnxNode): number {
  const mode = stringAttr(node, "mode", "nearest");
  const taps = TAPS_PER_AXIS.get(mode);
  if (taps === undefined) throw malformed(node, "mode", `mode must be nearest, linear or cubic`);
  return taps;
}

function resizeCost(context: CostContext<{ readonly tapsPerAxis: number }>) {
  const { tapsPerAxis } = context.attributes;
  const input = context.inputs[0]?.shape ?? [];
  const output = context.outputs[0]?.shape ?? null;
  const resized = input.filter((dim, axis) => dim !== output?.[axis]).length;
  const taps = tapsPerAxis === 0 || resized === 0 ? 0 : tapsPerAxis ** resized;
  return computeCost(context, { otherFlops: perElement(output, checkedMul(2, taps)) });
}

/**
 * `floor(dim * scale)`, calculated in float32 as ONNX's shape inference and ONNX Runtime do. The specification would
 * have a crop's extent enter when `coordinate_transformation_mode` is tf_crop_and_resize; neither of the two does so.
 * @throws ModelError("invalid-graph") for a scale that is not positive, ("limit-exceeded") past the safe integers.
 */
function scaled(node: OnnxNode, dim: Dim, scale: Dim): Dim {
  if (typeof scale !== "number") return null;
  if (!(scale > 0)) throw contradiction(node, "scales", `a scale of ${scale} is not positive`);
  if (scale === 1) return dim;
  return typeof dim === "number" ? checkedAdd(Math.floor(Math.fround(dim * scale)), 0) : null;
}

const POLICIES = ["stretch", "not_larger", "not_smaller"] as const;
export type KeepAspectRatioPolicy = (typeof POLICIES)[number];

export interface ResizeAttributes {
  /** Taps of the interpolation along one axis; 0: nearest. */
  readonly tapsPerAxis: number;
  /** The axes that scales and sizes speak of, since opset 18; null: all. */
  readonly axes: readonly number[] | null;
  readonly policy: KeepAspectRatioPolicy;
  /** Index of the scales among the inputs; before opset 11 there was no region of interest. */
  readonly scalesIndex: number;
}

function parsePolicy(node: OnnxNode): KeepAspectRatioPolicy {
  const text = stringAttr(node, "keep_aspect_ratio_policy", "stretch");
  const policy = POLICIES.find((name) => name === text);
  if (policy !== undefined) return policy;
  throw malformed(node, "keep_aspect_ratio_policy", `the policy must be one of ${POLICIES.join(", ")}`);
}

const resize = defineOperator<ResizeAttributes>({
  domain: "",
  type: "Resize",
  since: [10, 11, 13, 18, 19],
  kind: "movement",
  parseAttributes: (node, opset) => ({
    tapsPerAxis: parseMode(node),
    axes: intsAttr(node, "axes") ?? null,
    policy: parsePolicy(node),
    scalesIndex: opset < 11 ? 1 : 2,
  }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    return [fact(x.dtype, resizedShape(context, x.shape))];
  },
  cost: resizeCost,
});

function resizedShape(context: InferenceContext<ResizeAttributes>, x: Shape): Shape {
  if (x === null) return null;
  const { node, attributes } = context;
  const axes = normalizeAxes(attributes.axes ?? [...x.keys()], x.length);
  const sizes = givenInput(context, attributes.scalesIndex + 1);
  const scales = givenInput(context, attributes.scalesIndex);
  if (sizes !== null) {
    const targets = elementsFor(node, "sizes", sizes, axes.length);
    const wrong = targets.find((size) => typeof size === "number" && !(Number.isSafeInteger(size) && size >= 0));
    if (wrong !== undefined) throw contradiction(node, "sizes", `${wrong ?? "?"} is no size`);
    return placed(x, axes, keepingAspect(x, axes, targets, attributes.policy));
  }
  if (scales !== null) {
    const factors = elementsFor(node, "scales", scales, axes.length);
    return placed(x, axes, axes.map((axis, i) => scaled(node, x[axis] ?? null, factors[i] ?? null)));
  }
  throw contradiction(node, "scales", "neither scales nor sizes are given");
}

/** An input that is there and, unlike the placeholders that opset 11 asks for, not empty. */
function givenInput(context: InferenceContext<unknown>, index: number): ValueFact | null {
  const input = optionalInput(context, index);
  return input === null || vectorLength(input) === 0 ? null : input;
}

/** One element for each axis; nulls where the input's elements are not known. */
function elementsFor(node: OnnxNode, field: string, tensor: ValueFact, count: number): readonly Dim[] {
  const length = vectorLength(tensor);
  if (length !== null && length !== count) {
    throw contradiction(node, field, `${field} has ${length} elements for ${count} axes`);
  }
  return scalarOrVectorValue(tensor) ?? new Array<Dim>(count).fill(null);
}

function placed(x: readonly Dim[], axes: readonly number[], extents: readonly Dim[]): Shape {
  const shape = [...x];
  axes.forEach((axis, i) => (shape[axis] = extents[i] ?? null));
  return shape;
}

/** Under a policy the smallest or largest of the scales goes for all axes, and each extent is rounded half up. */
function keepingAspect(
  x: readonly Dim[],
  axes: readonly number[],
  sizes: readonly Dim[],
  policy: KeepAspectRatioPolicy,
): readonly Dim[] {
  if (policy === "stretch") return sizes;
  const extents = axes.map((axis) => x[axis] ?? null);
  const scales = extents.map((extent, i) => ratio(sizes[i] ?? null, extent));
  if (!scales.every((scale) => scale !== null)) return sizes.map(() => null);
  const choose = policy === "not_larger" ? Math.min : Math.max;
  const scale = scales.reduce((chosen, one) => choose(chosen, one), scales[0] ?? 1);
  return extents.map((extent) => (typeof extent === "number" ? Math.floor(scale * extent + 0.5) : null));
}

function ratio(size: Dim, extent: Dim): number | null {
  return typeof size === "number" && typeof extent === "number" && extent > 0 ? size / extent : null;
}

export interface UpsampleAttributes {
  readonly tapsPerAxis: number;
  /** null: an input, since opset 9. */
  readonly scales: readonly number[] | null;
}

const upsample = defineOperator<UpsampleAttributes>({
  domain: "",
  type: "Upsample",
  since: [1, 7, 9],
  kind: "movement",
  parseAttributes: (node, opset) => ({
    tapsPerAxis: parseMode(node),
    scales: opset < 9 ? upsampleScales(node, opset) : null,
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    if (x.shape === null) return [fact(x.dtype, null)];
    const rank = x.shape.length;
    const scales = attributes.scales ?? elementsFor(node, "scales", requiredInput(context, 1, "scales"), rank);
    if (scales.length !== rank) throw contradiction(node, "scales", `${scales.length} scales for ${rank} axes`);
    return [fact(x.dtype, x.shape.map((dim, axis) => scaled(node, dim, scales[axis] ?? null)))];
  },
  cost: resizeCost,
});

/** Opset 1 scales the last two of four axes. */
function upsampleScales(node: OnnxNode, opset: number): readonly number[] {
  if (opset < 7) return [1, 1, requiredScale(node, "height_scale"), requiredScale(node, "width_scale")];
  const scales = floatsAttr(node, "scales");
  if (scales === undefined) throw malformed(node, "scales", "scales is missing");
  return scales;
}

function requiredScale(node: OnnxNode, name: string): number {
  const scale = floatAttr(node, name);
  if (scale === undefined) throw malformed(node, name, `${name} is missing`);
  return scale;
}

export const operators: readonly Operator[] = [resize, upsample];
