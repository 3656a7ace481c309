import { optionalOf } from "../containers.js";
import { fact, NO_COST, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type Operator, type ValueFact } from "../operator.js";

/** Optional: the input in an optional, or an optional with nothing in it. Nothing moves. */
const optional = defineOperator<null>({
  domain: "",
  type: "Optional",
  since: [15, 28],
  kind: "view",
  parseAttributes: () => null,
  inferShapes: (context) => [optionalOf(optionalInput(context, 0))],
  cost: () => NO_COST,
});

/** OptionalGetElement: what is in an optional; a tensor or a sequence itself (opset 18). */
const optionalGetElement = defineOperator<null>({
  domain: "",
  type: "OptionalGetElement",
  since: [15, 18, 28],
  kind: "view",
  parseAttributes: () => null,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    return [input.container?.kind === "optional" ? input.container.element : input];
  },
  cost: () => NO_COST,
});

/** OptionalHasElement: whether something is in an optional; true of a tensor or a sequence, false of no input (opset 18). */
const optionalHasElement = defineOperator<null>({
  domain: "",
  type: "OptionalHasElement",
  since: [15, 18, 28],
  kind: "view",
  parseAttributes: () => null,
  inferShapes: (context) => [fact("bool", [], { value: [presence(optionalInput(context, 0))] })],
  cost: () => NO_COST,
});

/** 1, 0, or null where that is not known. */
function presence(input: ValueFact | null): number | null {
  if (input === null) return 0;
  const { container, dtype, shape } = input;
  if (container?.kind === "optional") return typeof container.length === "number" ? container.length : null;
  return container !== undefined || dtype !== null || shape !== null ? 1 : null;
}

export const operators: readonly Operator[] = [optional, optionalGetElement, optionalHasElement];
