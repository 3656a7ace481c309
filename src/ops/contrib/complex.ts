import { broadcastShapes } from "../../shapes/broadcast.js";
import { assertMinimumRank, assertSameDim } from "../checks.js";
import { fact, requiredInput } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";
import { noAttributes } from "../unary.js";
import { computeCost, perElement } from "../work.js";
import { MICROSOFT } from "./domains.js";

/** Of the six operations of a complex product, each of its two parts has three. */
const PART = 3;

/** Products of complex numbers, whose parts are the last axis; of A with the conjugate of B where the name says so. */
function complexProduct(type: string): Operator {
  return defineOperator<null>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "elementwise",
    parseAttributes: noAttributes,
    inferShapes(context) {
      const { node } = context;
      const operands = [requiredInput(context, 0, "A"), requiredInput(context, 1, "B")] as const;
      for (const [at, { shape }] of operands.entries()) {
        const field = at === 0 ? "A" : "B";
        assertMinimumRank(node, field, shape, 1);
        assertSameDim(node, field, shape?.at(-1) ?? null, 2, "real and imaginary part");
      }
      const [a, b] = operands;
      return [fact(a.dtype ?? b.dtype, broadcastShapes(a.shape, b.shape))];
    },
    cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, PART) }),
  });
}

export const operators: readonly Operator[] = [complexProduct("ComplexMul"), complexProduct("ComplexMulConj")];
