import { intAttr, intsAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { copyCost, fact, integerValues, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";

interface SplitAttributes {
  readonly axis: number;
  /** Sizes along the axis; before opset 13. */
  readonly split: readonly number[] | null;
  /** Opset 18: how many chunks, the last of which may be smaller. */
  readonly numOutputs: number | null;
}

function parseAttributes(node: OnnxNode): SplitAttributes {
  return {
    axis: intAttr(node, "axis", 0),
    split: intsAttr(node, "split") ?? null,
    numOutputs: intAttr(node, "num_outputs") ?? null,
  };
}

/** Split: cuts a tensor along one axis; every element is read and written once. */
const split = defineOperator<SplitAttributes>({
  domain: "",
  type: "Split",
  since: [1, 2, 11, 13, 18],
  kind: "movement",
  parseAttributes,
  inferShapes(context) {
    const { dtype, shape, value } = requiredInput(context, 0, "input");
    if (shape === null) return context.node.outputs.map(() => fact(dtype, null));
    const axis = normalizeAxis(context.attributes.axis, shape.length);
    const sizes = chunkSizes(context, shape[axis] ?? null);
    const vector = shape.length === 1 ? value : null;
    let offset: number | null = 0;
    return sizes.map((size) => {
      const from: number | null = offset;
      offset = from !== null && typeof size === "number" ? from + size : null;
      const chunk = vector !== null && from !== null && offset !== null ? vector.slice(from, offset) : null;
      return fact(dtype, shape.with(axis, size), { value: chunk });
    });
  },
  cost: copyCost,
});

/** Sizes of the chunks along the axis, one for each output. */
function chunkSizes(context: InferenceContext<SplitAttributes>, whole: Dim): readonly Dim[] {
  const count = context.node.outputs.length;
  const input = optionalInput(context, 1);
  const sizes = context.attributes.split ?? integerValues(input);
  if (sizes !== null) return statedSizes(sizes, count, whole);
  if (input !== null) return new Array<Dim>(count).fill(null);
  return equalSizes(context, count, whole);
}

function statedSizes(sizes: readonly number[], count: number, whole: Dim): readonly number[] {
  const sum = sizes.reduce((total, size) => total + size, 0);
  if (sizes.length !== count) throw invalid(`${sizes.length} sizes for ${count} outputs`);
  if (sizes.some((size) => size < 0)) throw invalid(`sizes [${sizes.join(", ")}] hold a negative one`);
  if (typeof whole === "number" && sum !== whole) {
    throw invalid(`sizes [${sizes.join(", ")}] do not add up to the ${whole} that are split`);
  }
  return sizes;
}

function equalSizes(context: InferenceContext<SplitAttributes>, count: number, whole: Dim): readonly Dim[] {
  const { numOutputs } = context.attributes;
  if (numOutputs !== null && numOutputs !== count) throw invalid(`num_outputs ${numOutputs} for ${count} outputs`);
  if (count === 1) return [whole];
  if (typeof whole !== "number") return new Array<Dim>(count).fill(null);
  const chunk = Math.ceil(whole / count);
  const last = whole - chunk * (count - 1);
  const uneven = last < 0 || (last !== chunk && context.opset < 18);
  if (uneven) throw invalid(`${whole} cannot be split into ${count} equal parts`);
  return new Array<Dim>(count).fill(chunk).with(count - 1, last);
}

function invalid(message: string): ModelError {
  return new ModelError("invalid-graph", message, { field: "split" });
}

export const operators: readonly Operator[] = [split];
