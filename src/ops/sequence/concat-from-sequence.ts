import { intAttr } from "../../onnx/attributes.js";
import type { Dim, Shape } from "../../onnx/types.js";
import { addDims, formatShape, mulDims, normalizeAxis, unifyDims } from "../../shapes/dims.js";
import { ModelError } from "../../wire/errors.js";
import { malformed } from "../checks.js";
import { sequenceInput } from "../containers.js";
import { copyCost, fact } from "../facts.js";
import { defineOperator, type ContainerFact, type Operator } from "../operator.js";

interface ConcatAttributes {
  readonly axis: number;
  /** Whether the tensors are stacked along an axis of their own rather than joined along one that they have. */
  readonly newAxis: boolean;
}

/** ConcatFromSequence: joins the tensors of a sequence as Concat does, or stacks them; each element moves once. */
const concatFromSequence = defineOperator<ConcatAttributes>({
  domain: "",
  type: "ConcatFromSequence",
  since: [11],
  kind: "movement",
  parseAttributes(node) {
    const axis = intAttr(node, "axis");
    if (axis === undefined) throw malformed(node, "axis", `attribute "axis" is missing`);
    return { axis, newAxis: intAttr(node, "new_axis", 0) !== 0 };
  },
  inferShapes(context) {
    const sequence = sequenceInput(context, 0, "input_sequence");
    const { axis, newAxis } = context.attributes;
    return [fact(sequence.element.dtype, newAxis ? stacked(sequence, axis) : joined(sequence, axis))];
  },
  cost: copyCost,
});

function stacked({ element, length, items }: ContainerFact, axis: number): Shape {
  const shape = items === null ? element.shape : unified(items.map((item) => item.shape), null);
  return shape === null ? null : shape.toSpliced(normalizeAxis(axis, shape.length + 1), 0, length);
}

function joined({ element, length, items }: ContainerFact, axis: number): Shape {
  if (items === null) {
    if (element.shape === null) return null;
    const along = normalizeAxis(axis, element.shape.length);
    return element.shape.with(along, mulDims(element.shape[along] ?? null, length));
  }
  return unified(items.map((item) => item.shape), axis);
}

/** One shape for all, the axis of `joinedAxis` aside, where sizes add up. */
function unified(shapes: readonly Shape[], joinedAxis: number | null): Shape {
  const [first, ...rest] = shapes;
  if (first === undefined || first === null) return null;
  const along = joinedAxis === null ? null : normalizeAxis(joinedAxis, first.length);
  let whole: readonly Dim[] = first;
  for (const shape of rest) {
    if (shape === null) return null;
    if (shape.length !== whole.length) {
      throw new ModelError("invalid-graph", `${formatShape(whole)} and ${formatShape(shape)} differ in rank`);
    }
    whole = whole.map((dim, at) => {
      const other = shape[at] ?? null;
      return at === along ? addDims(dim, other) : unifyDims(dim, other);
    });
  }
  return whole;
}

export const operators: readonly Operator[] = [concatFromSequence];
