import { knownPosition, sequenceInput } from "../containers.js";
import { fact, movementCost, NO_COST, requiredInput, tensorBytes } from "../facts.js";
import { defineOperator, type Operator } from "../operator.js";

/** SequenceAt: a copy of the tensor at a position. */
const sequenceAt = defineOperator<null>({
  domain: "",
  type: "SequenceAt",
  since: [11],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const { element, length, items } = sequenceInput(context, 0, "input_sequence");
    const position = requiredInput(context, 1, "position");
    const at = typeof length === "number" ? knownPosition(position, length) : null;
    return [at === null ? element : (items?.[at] ?? element)];
  },
  cost({ outputs }) {
    const bytes = tensorBytes(outputs);
    return movementCost(bytes, bytes);
  },
});

/** SequenceLength: how many tensors are in a sequence. */
const sequenceLength = defineOperator<null>({
  domain: "",
  type: "SequenceLength",
  since: [11],
  kind: "view",
  parseAttributes: () => null,
  inferShapes(context) {
    const { length } = sequenceInput(context, 0, "input_sequence");
    return [fact("int64", [], { value: [length], constant: typeof length === "number" })];
  },
  cost: () => NO_COST,
});

export const operators: readonly Operator[] = [sequenceAt, sequenceLength];
