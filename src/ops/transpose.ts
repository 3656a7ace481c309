import { intsAttr } from "../onnx/attributes.js";
import type { Dim } from "../onnx/types.js";
import { isKnown, unknownOfRank } from "../shapes/dims.js";
import { fillByIndex, stridesOf } from "../shapes/indexing.js";
import { ModelError } from "../wire/errors.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** Transpose: permutes the axes, by default in reverse; every element is read and written once. */
const transpose = defineOperator<{ readonly perm: readonly number[] | null }>({
  domain: "",
  type: "Transpose",
  since: [1, 13, 21, 23, 24, 25],
  kind: "movement",
  parseAttributes(node) {
    const perm = intsAttr(node, "perm") ?? null;
    if (perm !== null && !isPermutation(perm)) {
      throw new ModelError("malformed", `perm [${perm.join(", ")}] is no permutation`, { field: "perm" });
    }
    return { perm };
  },
  inferShapes(context) {
    const { dtype, shape, value } = requiredInput(context, 0, "data");
    const { perm } = context.attributes;
    if (shape === null) return [fact(dtype, perm === null ? null : unknownOfRank(perm.length))];
    if (perm !== null && perm.length !== shape.length) {
      throw new ModelError("invalid-graph", `perm of ${perm.length} axes for rank ${shape.length}`, { field: "perm" });
    }
    const order = perm ?? [...shape.keys()].reverse();
    const permuted = order.map((axis) => shape[axis] ?? null);
    return [fact(dtype, permuted, { value: permutedValue(value, shape, order, permuted) })];
  },
  cost: copyCost,
});

function isPermutation(perm: readonly number[]): boolean {
  return perm.every((axis) => axis >= 0 && axis < perm.length) && new Set(perm).size === perm.length;
}

function permutedValue(
  value: readonly Dim[] | null,
  from: readonly Dim[],
  order: readonly number[],
  to: readonly Dim[],
): readonly Dim[] | null {
  if (value === null || from.length < 2) return value;
  if (!isKnown(from) || !isKnown(to)) return null;
  const strides = stridesOf(from);
  const ordered = order.map((axis) => strides[axis] ?? 0);
  return fillByIndex(to, (index) => {
    const offset = index.reduce((sum, at, axis) => sum + at * (ordered[axis] ?? 0), 0);
    return value[offset] ?? null;
  });
}

export const operators: readonly Operator[] = [transpose];
