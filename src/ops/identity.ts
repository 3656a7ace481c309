import { NO_COST, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";

/** Identity: its output is its input under another name; no data moves. */
const identity = defineOperator<null>({
  domain: "",
  type: "Identity",
  since: [1, 13, 14, 16, 19, 21, 23, 24, 25],
  kind: "view",
  parseAttributes: () => null,
  inferShapes: (context) => [requiredInput(context, 0, "input")],
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [identity];
