import { bitsOf, type DataType } from "../onnx/dtype.js";
import { contradiction, malformed, typeAttr } from "./checks.js";
import { fact, NO_COST, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** BitCast: the same bits read as another type of the same width. */
const bitCast = defineOperator<DataType>({
  domain: "",
  type: "BitCast",
  since: [26],
  kind: "view",
  parseAttributes(node) {
    const to = typeAttr(node, "to");
    if (to === null || bitsOf(to) === 0) throw malformed(node, "to", "to names no type of a fixed width");
    return to;
  },
  inferShapes(context) {
    const { node, attributes: to } = context;
    const { dtype, shape } = requiredInput(context, 0, "input");
    if (dtype !== null && bitsOf(dtype) !== bitsOf(to)) {
      throw contradiction(node, "to", `${dtype} is not as wide as ${to}`);
    }
    return [fact(to, shape)];
  },
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [bitCast];
