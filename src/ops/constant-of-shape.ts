import { tensorAttr } from "../onnx/attributes.js";
import type { Dim } from "../onnx/types.js";
import { isKnown, unknownOfRank } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { ModelError } from "../wire/errors.js";
import { fact, MAX_VALUE_ELEMENTS, movementCost, requiredInput, tensorBytes, vectorLength } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";
import { factOfTensor } from "./tensor-fact.js";

/** The element that fills the output: float32 0 unless the node says otherwise. */
const DEFAULT_FILL = fact("float32", [1], { value: [0], constant: true });

const constantOfShape = defineOperator<ValueFact>({
  domain: "",
  type: "ConstantOfShape",
  since: [9, 20, 21, 23, 24, 25],
  kind: "constant",
  parseAttributes(node) {
    const tensor = tensorAttr(node, "value");
    if (tensor === undefined) return DEFAULT_FILL;
    const fill = factOfTensor(tensor);
    if (numElements(fill.shape) === 1) return fill;
    throw new ModelError("malformed", "the value of ConstantOfShape must be one element", { field: "value" });
  },
  inferShapes(context) {
    const fill = context.attributes;
    const input = requiredInput(context, 0, "input");
    const shape = dimsFromValue(input);
    if (shape === null) {
      const rank = vectorLength(input);
      return [fact(fill.dtype, rank === null ? null : unknownOfRank(rank))];
    }
    return [fact(fill.dtype, shape, { value: isKnown(shape) ? repeated(fill.value?.[0] ?? null, shape) : null })];
  },
  /** Nothing is read; the output is written when the shape is only known as the model runs. */
  cost: ({ outputs }) => movementCost(0, tensorBytes(outputs)),
});

/** Null where the tensor is too large to follow: what the file declares is never allocated. */
function repeated(element: Dim, shape: readonly number[]): readonly Dim[] | null {
  const count = numElements(shape);
  return count <= MAX_VALUE_ELEMENTS ? new Array<Dim>(count).fill(element) : null;
}

export const operators: readonly Operator[] = [constantOfShape];
