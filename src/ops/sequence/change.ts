import { addDims, subDims } from "../../shapes/dims.js";
import { containerFact, knownPosition, MAX_ITEMS, sequenceInput, variableFact } from "../containers.js";
import { NO_COST, movementCost, optionalInput, requiredInput, tensorBytes } from "../facts.js";
import { joinFacts } from "../join-facts.js";
import { defineOperator, type ContainerFact, type InferenceContext, type Operator, type ValueFact } from "../operator.js";

/** SequenceInsert: the same sequence with one tensor more, which is copied; the others are shared. */
const sequenceInsert = defineOperator<null>({
  domain: "",
  type: "SequenceInsert",
  since: [11],
  kind: "movement",
  parseAttributes: () => null,
  inferShapes(context) {
    const sequence = sequenceInput(context, 0, "input_sequence");
    const tensor = variableFact(requiredInput(context, 1, "tensor"));
    const length = addDims(sequence.length, 1);
    return [
      containerFact({ kind: "sequence", element: elementWith(sequence, tensor), length, items: itemsWith(context, sequence, tensor) }),
    ];
  },
  cost({ inputs }) {
    const bytes = tensorBytes([inputs[1]]);
    return movementCost(bytes, bytes);
  },
});

function elementWith({ element, length }: ContainerFact, tensor: ValueFact): ValueFact {
  if (length === 0) return tensor.dtype === null ? { ...tensor, dtype: element.dtype } : tensor;
  const joined = joinFacts(element, tensor);
  // All tensors of a sequence have one type, so one that is known speaks for all.
  return joined.dtype === null ? { ...joined, dtype: element.dtype ?? tensor.dtype } : joined;
}

/** The list with the tensor at its place: at the end where no position is given. */
function itemsWith(
  context: InferenceContext<null>,
  { items }: ContainerFact,
  tensor: ValueFact,
): readonly ValueFact[] | null {
  if (items === null) return null;
  const position = optionalInput(context, 2);
  const at = position === null ? items.length : knownPosition(position, items.length, items.length);
  return at === null || items.length >= MAX_ITEMS ? null : items.toSpliced(at, 0, tensor);
}

/** SequenceErase: the same sequence without the tensor at a position, the last one by default. */
const sequenceErase = defineOperator<null>({
  domain: "",
  type: "SequenceErase",
  since: [11],
  kind: "view",
  parseAttributes: () => null,
  inferShapes(context) {
    const { element, length, items } = sequenceInput(context, 0, "input_sequence");
    const position = optionalInput(context, 1);
    const count = typeof length === "number" ? length : null;
    const at = count === null ? null : position === null ? knownLast(count) : knownPosition(position, count);
    const left = items === null || at === null ? null : items.toSpliced(at, 1);
    return [containerFact({ kind: "sequence", element, length: subDims(length, 1), items: left })];
  },
  cost: () => NO_COST,
});

/** @throws ModelError("invalid-graph") where nothing is in the sequence. */
function knownLast(count: number): number | null {
  return knownPosition({ dtype: "int64", shape: [], value: [-1], constant: false }, count);
}

export const operators: readonly Operator[] = [sequenceInsert, sequenceErase];
