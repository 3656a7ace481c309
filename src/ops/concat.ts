import { intAttr } from "../onnx/attributes.js";
import type { Dim, Shape } from "../onnx/types.js";
import { addDims, formatShape, normalizeAxis, unifyDims } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { copyCost, fact, MAX_VALUE_ELEMENTS, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";

/** Concat: joins tensors along one axis; every element is read and written once. */
const concat = defineOperator<{ readonly axis: number }>({
  domain: "",
  type: "Concat",
  since: [1, 4, 11, 13],
  kind: "movement",
  parseAttributes(node, opset) {
    const axis = intAttr(node, "axis") ?? (opset < 4 ? 1 : undefined);
    if (axis === undefined) throw new ModelError("malformed", `attribute "axis" is missing`, { field: "axis" });
    return { axis };
  },
  inferShapes(context) {
    const inputs = context.inputs.map((_, index) => requiredInput(context, index, `inputs[${index}]`));
    const dtype = inputs.find((input) => input.dtype !== null)?.dtype ?? null;
    const shape = joinedShape(inputs, context.attributes.axis);
    return [fact(dtype, shape, { value: shape?.length === 1 ? joinedValue(inputs) : null })];
  },
  cost: copyCost,
});

/** Sum along the axis; the other dimensions agree, so one that is known speaks for all. */
function joinedShape(inputs: readonly ValueFact[], axis: number): Shape {
  const [first, ...rest] = inputs;
  if (first === undefined) throw new ModelError("invalid-graph", "nothing to concatenate");
  const ranked = inputs.find((input) => input.shape !== null)?.shape;
  if (ranked === undefined || ranked === null) return null;
  const along = normalizeAxis(axis, ranked.length);
  let joined: readonly Dim[] = first.shape ?? new Array<Dim>(ranked.length).fill(null);
  for (const { shape } of rest) {
    if (shape === null) {
      joined = joined.with(along, null);
      continue;
    }
    if (shape.length !== joined.length) {
      throw new ModelError("invalid-graph", `${formatShape(joined)} and ${formatShape(shape)} differ in rank`);
    }
    joined = joined.map((dim, at) => {
      const other = shape[at] ?? null;
      return at === along ? addDims(dim, other) : unifyDims(dim, other);
    });
  }
  return joined;
}

/** Vectors joined as far as they are known: one of known length but unknown elements leaves a gap. */
function joinedValue(inputs: readonly ValueFact[]): readonly Dim[] | null {
  const joined: Dim[] = [];
  for (const input of inputs) {
    const length = vectorLength(input);
    if (length === null || joined.length + length > MAX_VALUE_ELEMENTS) return null;
    for (let at = 0; at < length; at++) joined.push(input.value?.[at] ?? null);
  }
  return joined;
}

export const operators: readonly Operator[] = [concat];
