import { formatShape, unifyDims } from "../shapes/dims.js";
import type { Shape } from "../onnx/types.js";
import { contradiction } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { floats } from "./unary.js";
import { computeCost, perElement } from "./work.js";

/** SwiGLU: Swish(A) · B, of two tensors of one shape. FLOPs for each element: Swish's 6, and the product. */
const swiGlu = defineOperator<{ readonly alpha: number }>({
  domain: "",
  type: "SwiGLU",
  since: [28],
  kind: "elementwise",
  parseAttributes: floats({ alpha: 1 }),
  inferShapes(context) {
    const gate = requiredInput(context, 0, "A");
    const linear = requiredInput(context, 1, "B");
    return [fact(gate.dtype ?? linear.dtype, sameShape(context, gate.shape, linear.shape))];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, 7) }),
});

function sameShape({ node }: InferenceContext<unknown>, a: Shape, b: Shape): Shape {
  if (a === null || b === null) return a ?? b;
  if (a.length !== b.length) {
    throw contradiction(node, "B", `A ${formatShape(a)} and B ${formatShape(b)} should have one shape`);
  }
  return a.map((dim, axis) => unifyDims(dim, b[axis] ?? null));
}

export const operators: readonly Operator[] = [swiGlu];
