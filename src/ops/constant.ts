import { floatAttr, floatsAttr, hasAttr, intAttr, intsAttr, stringsAttr, tensorAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { fact, NO_COST, UNKNOWN_FACT } from "./facts.js";
import { defineOperator, type Operator, type ValueFact } from "./operator.js";
import { factOfTensor } from "./tensor-fact.js";

/** The forms in which a Constant may carry its value, of which a node has exactly one. */
const FORMS = new Map<string, (node: OnnxNode, name: string) => ValueFact>([
  ["value", (node, name) => {
    const tensor = tensorAttr(node, name);
    return tensor === undefined ? UNKNOWN_FACT : factOfTensor(tensor);
  }],
  ["sparse_value", () => ({ ...UNKNOWN_FACT, constant: true })],
  ["value_int", (node, name) => fact("int64", [], { value: [intAttr(node, name, 0)], constant: true })],
  ["value_ints", (node, name) => vector("int64", intsAttr(node, name) ?? [])],
  ["value_float", (node, name) => fact("float32", [], { value: [floatAttr(node, name, 0)], constant: true })],
  ["value_floats", (node, name) => vector("float32", floatsAttr(node, name) ?? [])],
  ["value_string", () => fact("string", [], { constant: true })],
  ["value_strings", (node, name) => fact("string", [stringsAttr(node, name)?.length ?? 0], { constant: true })],
]);

function vector(dtype: "int64" | "float32", value: readonly number[]): ValueFact {
  return fact(dtype, [value.length], { value, constant: true });
}

const constant = defineOperator<ValueFact>({
  domain: "",
  type: "Constant",
  since: [1, 9, 11, 12, 13, 19, 21, 23, 24, 25],
  kind: "constant",
  parseAttributes(node) {
    const present = [...FORMS].filter(([name]) => hasAttr(node, name));
    const [form, second] = present;
    if (form === undefined || second !== undefined) {
      throw new ModelError("malformed", `a Constant has exactly one value, not ${present.length}`, { field: "value" });
    }
    return form[1](node, form[0]);
  },
  inferShapes: ({ attributes }) => [attributes],
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [constant];
