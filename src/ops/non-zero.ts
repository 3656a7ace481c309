import { isKnown } from "../shapes/dims.js";
import { stridesOf } from "../shapes/indexing.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/** NonZero: the indices of the elements that are not 0, one column each. How many depends on the data. */
const nonZero = defineOperator<null>({
  domain: "",
  type: "NonZero",
  since: [9, 13],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const input = requiredInput(context, 0, "X");
    return [counted(input) ?? fact("int64", [input.shape?.length ?? null, null])];
  },
  /** One comparison for each element of the input. */
  cost: (context) => computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, 1) }),
});

/** The output where every element of the input is known. */
function counted({ shape, value }: ValueFact): ValueFact | null {
  if (value === null || !isKnown(shape) || value.some((element) => typeof element !== "number")) return null;
  const found = [...value.keys()].filter((at) => value[at] !== 0);
  const strides = stridesOf(shape);
  const rows = shape.flatMap((dim, axis) => found.map((at) => Math.floor(at / (strides[axis] ?? 1)) % dim));
  return fact("int64", [shape.length, found.length], { value: rows });
}

export const operators: readonly Operator[] = [nonZero];
