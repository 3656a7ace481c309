import { intAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { normalizeAxis } from "../shapes/dims.js";
import { numElements } from "../shapes/elements.js";
import { contradiction } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput, scalarOrVectorValue } from "./facts.js";
import { gatherCost } from "./gather.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";

export interface CompressAttributes {
  /** null: of all elements, in order. */
  readonly axis: number | null;
}

/** Compress: the slices along an axis, or the elements, for which a vector of truth values says so. */
const compress = defineOperator<CompressAttributes>({
  domain: "",
  type: "Compress",
  since: [9, 11, 28],
  kind: "movement",
  parseAttributes: (node) => ({ axis: intAttr(node, "axis") ?? null }),
  inferShapes(context) {
    const { node, attributes } = context;
    const input = requiredInput(context, 0, "input");
    const condition = requiredInput(context, 1, "condition");
    assertRank(node, "condition", condition.shape, 1);
    return [fact(input.dtype, selectedShape(node, attributes, input.shape, condition))];
  },
  cost: gatherCost,
});

function selectedShape(node: OnnxNode, { axis }: CompressAttributes, input: Shape, condition: ValueFact): Shape {
  const selected = countSelected(condition);
  if (axis === null) {
    assertSelectable(node, condition, input === null ? null : numElements(input));
    return [selected];
  }
  if (input === null) return null;
  const along = normalizeAxis(axis, input.length);
  assertSelectable(node, condition, input[along] ?? null);
  return input.map((dim, at) => (at === along ? selected : dim));
}

/** How many elements are true; null where it depends on data. */
function countSelected(condition: ValueFact): Dim {
  const value = scalarOrVectorValue(condition);
  if (value === null || !value.every((element) => typeof element === "number")) return null;
  return value.filter((element) => element !== 0).length;
}

/** @throws ModelError("invalid-graph") for more truth values than there is to select from. */
function assertSelectable(node: OnnxNode, condition: ValueFact, available: Dim): void {
  const length = condition.shape?.[0] ?? null;
  if (typeof length !== "number" || typeof available !== "number" || length <= available) return;
  throw contradiction(node, "condition", `${length} truth values for ${available} elements`);
}

export const operators: readonly Operator[] = [compress];
