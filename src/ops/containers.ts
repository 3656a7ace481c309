import type { DataType } from "../onnx/dtype.js";
import type { Dim } from "../onnx/types.js";
import { ModelError } from "../wire/errors.js";
import { fact, requiredInput, scalarValue, UNKNOWN_FACT } from "./facts.js";
import { joinAll } from "./join-facts.js";
import type { ContainerFact, InferenceContext, ValueFact } from "./operator.js";

/** Tensors of a longer sequence are not told apart: a file can build one a tensor at a time. */
export const MAX_ITEMS = 64;
const MAX_FOLLOWED_ELEMENTS = 64;

/** Facts of sequences and optionals. */
export function containerFact(container: ContainerFact): ValueFact {
  return { ...UNKNOWN_FACT, container };
}

/** A sequence of these tensors. */
export function sequenceOfItems(items: readonly ValueFact[], emptyType: DataType | null = null): ValueFact {
  const variable = items.map(variableFact);
  const element = joinAll(variable) ?? fact(emptyType, null);
  const kept = items.length <= MAX_ITEMS ? variable : null;
  return containerFact({ kind: "sequence", element, length: items.length, items: kept });
}

/** A sequence of which only this is known: what each of its tensors is, and how many they are. */
export function sequenceOf(element: ValueFact, length: Dim): ValueFact {
  return containerFact({ kind: "sequence", element: variableFact(element), length, items: null });
}

/** An optional with this in it; null: with nothing. */
export function optionalOf(content: ValueFact | null): ValueFact {
  const element = content === null ? UNKNOWN_FACT : variableFact(content);
  return containerFact({ kind: "optional", element, length: content === null ? 0 : 1, items: content === null ? [] : [element] });
}

/**
 * A fact as sequences and loops hand it on: what comes out of them is computed while the model runs, and of its elements
 * those that can be a shape are followed.
 */
export function variableFact(known: ValueFact): ValueFact {
  const tooLong = known.value !== null && known.value.length > MAX_FOLLOWED_ELEMENTS;
  if (!known.constant && !tooLong) return known;
  return { ...known, constant: false, value: tooLong ? null : known.value };
}

/**
 * The sequence at an input; one of which nothing is known where the input's type is not known.
 * @throws ModelError("invalid-graph") for an input that is left out, or known to be a tensor or an optional.
 */
export function sequenceInput(context: InferenceContext<unknown>, index: number, name: string): ContainerFact {
  const input = requiredInput(context, index, name);
  if (input.container?.kind === "sequence") return input.container;
  if (input.container === undefined && input.dtype === null && input.shape === null) {
    return { kind: "sequence", element: UNKNOWN_FACT, length: null, items: null };
  }
  throw new ModelError("invalid-graph", `input "${name}" is no sequence`, { field: name });
}

/**
 * A position in a sequence of so many tensors: negative ones count from the end. null where it is not known.
 * @param last the last position that is allowed
 * @throws ModelError("invalid-graph") outside of the sequence.
 */
export function knownPosition(position: ValueFact | null, count: number, last = count - 1): number | null {
  const value = scalarValue(position);
  if (typeof value !== "number") return null;
  const at = value < 0 ? value + count : value;
  if (Number.isInteger(at) && at >= 0 && at <= last) return at;
  throw new ModelError("invalid-graph", `position ${value} is outside a sequence of ${count}`, { field: "position" });
}
