import type { DataType } from "../onnx/dtype.js";
import { typeAttr } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, movementCost, requiredInput, tensorBytes } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** EyeLike: ones on a diagonal, of the shape of a matrix whose elements are not looked at. */
const eyeLike = defineOperator<{ readonly dtype: DataType | null }>({
  domain: "",
  type: "EyeLike",
  since: [9, 22],
  kind: "constant",
  parseAttributes: (node) => ({ dtype: typeAttr(node, "dtype") }),
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "input");
    assertRank(context.node, "input", shape, 2);
    return [fact(context.attributes.dtype ?? dtype, shape ?? [null, null])];
  },
  cost: ({ outputs }) => movementCost(0, tensorBytes(outputs)),
});

export const operators: readonly Operator[] = [eyeLike];
