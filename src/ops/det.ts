import { checkedMul, checkedProduct } from "../shapes/dims.js";
import { assertMinimumRank, assertSameDim } from "./checks.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements } from "./work.js";

/** Det of square matrices `[..., n, n]` -> `[...]`: 2/3 n³ FLOPs each (a factorization), rounded up. */
const det = defineOperator<null>({
  domain: "",
  type: "Det",
  since: [11, 22],
  kind: "other",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    assertMinimumRank(context.node, "X", shape, 2);
    assertSameDim(context.node, "X", shape?.at(-1) ?? null, shape?.at(-2) ?? null, "sides of the matrix");
    return [fact(dtype, shape?.slice(0, -2) ?? null)];
  },
  cost(context) {
    const side = knownElements([context.inputs[0]?.shape?.at(-1) ?? null]);
    const each = Math.ceil(checkedProduct([2, side, side, side]) / 3);
    return computeCost(context, { otherFlops: checkedMul(knownElements(context.outputs[0]?.shape), each) });
  },
});

export const operators: readonly Operator[] = [det];
