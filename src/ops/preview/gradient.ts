import { stringsAttr } from "../../onnx/attributes.js";
import { ModelError } from "../../wire/errors.js";
import { malformed } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";

/**
 * Gradient: the derivatives of a tensor of the graph by others of its tensors `xs`, which are the first inputs; each is
 * as large as what it is taken by. Its work is that of the graph between them and not known here.
 */
const gradient = defineOperator<{ readonly count: number }>({
  domain: "ai.onnx.preview.training",
  type: "Gradient",
  since: [1],
  kind: "other",
  parseAttributes(node) {
    const xs = stringsAttr(node, "xs") ?? [];
    if (xs.length > 0) return { count: xs.length };
    throw malformed(node, "xs", "xs names no tensor");
  },
  inferShapes(context) {
    return Array.from({ length: context.attributes.count }, (_, at) => {
      const { dtype, shape } = requiredInput(context, at, "Inputs");
      return fact(dtype, shape);
    });
  },
  cost() {
    throw new ModelError("unresolved-dimension", "the work of a gradient is not known");
  },
});

export const operators: readonly Operator[] = [gradient];
