import { intAttr } from "../../onnx/attributes.js";
import type { Dim } from "../../onnx/types.js";
import { checkedAdd, normalizeAxis } from "../../shapes/dims.js";
import { ModelError } from "../../wire/errors.js";
import { flag } from "../checks.js";
import { MAX_ITEMS, sequenceOf, sequenceOfItems } from "../containers.js";
import { copyCost, fact, integerValues, optionalInput, requiredInput, scalarValue, vectorLength } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type ValueFact } from "../operator.js";

interface SplitAttributes {
  readonly axis: number;
  /** Without sizes: whether the axis stays, with one element, in each of the tensors. */
  readonly keepAxis: boolean;
}

/** SplitToSequence: cuts a tensor along one axis; every element is read and written once. */
const splitToSequence = defineOperator<SplitAttributes>({
  domain: "",
  type: "SplitToSequence",
  since: [11, 24],
  kind: "movement",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis", 0), keepAxis: flag(node, "keepdims", true) }),
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    const split = optionalInput(context, 1);
    if (input.shape === null) return [sequenceOf(fact(input.dtype, null), null)];
    const axis = normalizeAxis(context.attributes.axis, input.shape.length);
    const whole = input.shape[axis] ?? null;
    const piece = (size: Dim): ValueFact => fact(input.dtype, input.shape?.with(axis, size) ?? null);
    if (split === null) {
      const one = context.attributes.keepAxis ? piece(1) : fact(input.dtype, input.shape.toSpliced(axis, 1));
      return [sequenceOf(one, whole)];
    }
    return [split.shape?.length === 0 ? equalPieces(context, whole, piece) : statedPieces(split, whole, piece)];
  },
  cost: copyCost,
});

/** Pieces of one size, the last of which may be smaller. */
function equalPieces(context: InferenceContext<unknown>, whole: Dim, piece: (size: Dim) => ValueFact): ValueFact {
  const size = scalarValue(optionalInput(context, 1));
  if (typeof size === "number" && size < 1) throw invalid(`pieces of ${size}`);
  if (typeof size !== "number" || typeof whole !== "number") return sequenceOf(piece(null), null);
  const length = Math.ceil(whole / size);
  if (whole % size === 0) return sequenceOf(piece(size), length);
  if (length > MAX_ITEMS) return sequenceOf(piece(null), length);
  return sequenceOfItems(Array.from({ length }, (_, at) => piece(Math.min(size, whole - at * size))));
}

/** Pieces of the sizes in a vector, whose length says how many they are. */
function statedPieces(split: ValueFact, whole: Dim, piece: (size: Dim) => ValueFact): ValueFact {
  const sizes = integerValues(split);
  if (sizes === null) return sequenceOf(piece(null), vectorLength(split));
  if (sizes.some((size) => size < 0)) throw invalid(`sizes [${sizes.join(", ")}] hold a negative one`);
  const sum = sizes.reduce(checkedAdd, 0);
  if (typeof whole === "number" && sum !== whole) throw invalid(`sizes add up to ${sum}, not to ${whole}`);
  return sequenceOfItems(sizes.map(piece));
}

function invalid(message: string): ModelError {
  return new ModelError("invalid-graph", message, { field: "split" });
}

export const operators: readonly Operator[] = [splitToSequence];
