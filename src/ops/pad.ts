import { intsAttr, stringAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { addDims, normalizeAxes } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import {
  copyCost,
  fact,
  integerValues,
  optionalInput,
  requiredInput,
  scalarOrVectorValue,
  scalarValue,
} from "./facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "./operator.js";

interface PadAttributes {
  readonly mode: string;
  /** All the begins, then all the ends; before opset 11. */
  readonly pads: readonly number[] | null;
}

interface Padding {
  readonly begin: Dim;
  readonly end: Dim;
}

const NO_PADDING: Padding = { begin: 0, end: 0 };

/** Pad: adds elements at the ends of axes, or removes them where negative; the input is read, the output written. */
const pad = defineOperator<PadAttributes>({
  domain: "",
  type: "Pad",
  since: [1, 2, 11, 13, 18, 19, 21, 23, 24, 25],
  kind: "movement",
  parseAttributes,
  inferShapes(context) {
    const data = requiredInput(context, 0, "data");
    if (data.shape === null) return [fact(data.dtype, null)];
    const paddings = paddingsByAxis(context, data.shape.length);
    const shape = paddings === null ? data.shape.map(() => null) : paddedShape(data.shape, paddings);
    const value = paddings !== null && data.shape.length === 1 ? paddedVector(context, data, paddings[0]) : null;
    return [fact(data.dtype, shape, { value })];
  },
  cost: copyCost,
});

function parseAttributes(node: OnnxNode, opset: number): PadAttributes {
  const mode = stringAttr(node, "mode", "constant");
  if (!["constant", "reflect", "edge", "wrap"].includes(mode)) {
    throw new ModelError("malformed", `mode "${mode}" is not known`, { field: "mode" });
  }
  if (opset >= 11) return { mode, pads: null };
  const pads = intsAttr(node, opset < 2 ? "paddings" : "pads");
  if (pads === undefined) throw new ModelError("malformed", `attribute "pads" is missing`, { field: "pads" });
  return { mode, pads };
}

/** What is added to each axis; null where not even the axes are known. */
function paddingsByAxis(context: InferenceContext<PadAttributes>, rank: number): readonly Padding[] | null {
  const axesInput = optionalInput(context, 3);
  const named = integerValues(axesInput);
  if (axesInput !== null && named === null) return null;
  const axes = named === null ? null : normalizeAxes(named, rank);
  const pads = context.attributes.pads ?? scalarOrVectorValue(requiredInput(context, 1, "pads"));
  const paddings = new Array<Padding>(rank).fill(NO_PADDING);
  if (pads === null) {
    for (const axis of axes ?? paddings.keys()) paddings[axis] = { begin: null, end: null };
    return paddings;
  }
  const count = axes?.length ?? rank;
  if (pads.length !== 2 * count) {
    throw new ModelError("invalid-graph", `${pads.length} pads for ${count} axes`, { field: "pads" });
  }
  for (let at = 0; at < count; at++) {
    paddings[axes?.[at] ?? at] = { begin: pads[at] ?? null, end: pads[at + count] ?? null };
  }
  return paddings;
}

function paddedShape(shape: readonly Dim[], paddings: readonly Padding[]): Shape {
  return shape.map((dim, axis) => {
    const { begin, end } = paddings[axis] ?? NO_PADDING;
    const padded = addDims(addDims(dim, begin), end);
    if (typeof padded !== "number" || padded >= 0) return padded;
    throw new ModelError("invalid-graph", `axis ${axis} is cut to a size of ${padded}`, { field: "pads" });
  });
}

/** A vector padded with a constant; only growth, and only as far as a vector that spells a shape may reach. */
function paddedVector(
  context: InferenceContext<PadAttributes>,
  data: ValueFact,
  padding: Padding | undefined,
): readonly Dim[] | null {
  const { begin, end } = padding ?? NO_PADDING;
  if (data.value === null || context.attributes.mode !== "constant") return null;
  if (!isSmallCount(begin) || !isSmallCount(end)) return null;
  const fillInput = optionalInput(context, 2);
  const fill = fillInput === null ? 0 : scalarValue(fillInput);
  return [...new Array<Dim>(begin).fill(fill), ...data.value, ...new Array<Dim>(end).fill(fill)];
}

function isSmallCount(count: Dim): count is number {
  return typeof count === "number" && count >= 0 && count <= 64;
}

export const operators: readonly Operator[] = [pad];
