import { intAttr } from "../../onnx/attributes.js";
import { dataTypeOf, type DataType } from "../../onnx/dtype.js";
import { malformed } from "../checks.js";
import { sequenceOfItems } from "../containers.js";
import { copyCost, NO_COST, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";

const FLOAT = 1;

/** SequenceEmpty: a sequence of no tensors, of a type that later ones have. */
const sequenceEmpty = defineOperator<{ readonly dtype: DataType | null }>({
  domain: "",
  type: "SequenceEmpty",
  since: [11],
  kind: "constant",
  parseAttributes(node) {
    const code = intAttr(node, "dtype", FLOAT);
    const dtype = dataTypeOf(code);
    if (dtype === null) throw malformed(node, "dtype", `${code} is no type`);
    return { dtype };
  },
  inferShapes: ({ attributes }) => [sequenceOfItems([], attributes.dtype)],
  cost: () => NO_COST,
});

/** SequenceConstruct: a sequence of the inputs; each is copied. */
const sequenceConstruct = defineOperator<null>({
  domain: "",
  type: "SequenceConstruct",
  since: [11],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    return [sequenceOfItems(context.inputs.map((_, index) => requiredInput(context, index, `inputs[${index}]`)))];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [sequenceEmpty, sequenceConstruct];
