import { assertMinimumRank } from "./checks.js";
import { copyCost, fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** Trilu: the upper or lower triangle of matrices, the rest zero; which one changes neither the shape nor the count. */
const trilu = defineOperator<null>({
  domain: "",
  type: "Trilu",
  since: [14],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const { dtype, shape } = requiredInput(context, 0, "X");
    assertMinimumRank(context.node, "X", shape, 2);
    return [fact(dtype, shape)];
  },
  cost: copyCost,
});

export const operators: readonly Operator[] = [trilu];
