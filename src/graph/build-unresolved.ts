import type { Dim } from "../onnx/types.js";
import type { ValueFact } from "../ops/operator.js";
import { isKnown } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { placeOf } from "./build-bindings.js";
import type { InferredNode, Inference } from "./build-inference.js";
import { describe, type Wiring } from "./build-wiring.js";
import type { ValueId } from "./types.js";

type ResolvedNames = Pick<Wiring, "values" | "inputs">;

/**
 * Refuses a graph in which the cost of a known node is unknown because of an open dimension of a graph input. What is
 * open behind an operator that is not known, or because it depends on the data, is no fault of an input and passes; so do
 * sequences, whose lengths nobody can give, and nodes with subgraphs, whose costs depend on data as often as not.
 *
 * @throws ModelError("unresolved-dimension") naming input, axis and symbol; `field` is the key to give in `dims`.
 */
export function assertResolved(wiring: ResolvedNames, { nodes, facts }: Inference): void {
  const open = wiring.inputs.filter((input) => facts[input]?.container === undefined && isOpen(facts[input]));
  if (open.length === 0) return;
  const causes: (ValueId | null)[] = facts.map(() => null);
  for (const input of open) causes[input] = input;
  for (const node of nodes) {
    const cause = causeOf(node, causes);
    if (cause === null || node.operator === undefined) continue;
    if (node.cost === null && node.operator.kind !== "control") throw unresolved(wiring, facts, node, cause);
    for (const output of node.outputs) {
      if (output !== null && isOpen(facts[output])) causes[output] = cause;
    }
  }
}

/** The input that makes one of the tensors open that a node reads; null where none does. */
function causeOf({ inputs, captured }: InferredNode, causes: readonly (ValueId | null)[]): ValueId | null {
  for (const id of inputs) {
    const cause = id === null ? null : (causes[id] ?? null);
    if (cause !== null) return cause;
  }
  for (const id of captured.values()) {
    const cause = causes[id] ?? null;
    if (cause !== null) return cause;
  }
  return null;
}

function isOpen(fact: ValueFact | undefined): boolean {
  if (fact === undefined || !isKnown(fact.shape)) return true;
  return fact.value?.some((element) => typeof element !== "number") ?? false;
}

function unresolved(wiring: ResolvedNames, facts: readonly ValueFact[], node: InferredNode, cause: ValueId): ModelError {
  const input = wiring.values[cause]?.name ?? "";
  const shape = facts[cause]?.shape ?? null;
  const where = `the cost of ${describe(node.node)} depends on it`;
  const detail = { node: node.node.name, opType: node.node.opType };
  if (shape === null) {
    const message = `the shape of input "${input}" is not known, and ${where}`;
    return new ModelError("unresolved-dimension", message, { ...detail, field: input });
  }
  const tensors = [...node.inputs, ...node.outputs].filter((id) => id !== null);
  const seen = new Set<Dim>(tensors.flatMap((id) => facts[id]?.shape ?? []));
  const open = [...shape.entries()].filter(([, dim]) => typeof dim !== "number");
  const [axis, dim] = open.find(([, symbol]) => symbol !== null && seen.has(symbol)) ?? open[0] ?? [0, null];
  const keys = open.map(([at, symbol]) => keyOf(input, at, symbol));
  const named = dim === null ? `dimension ${axis}` : `dimension ${axis} ("${dim}")`;
  const message = `${named} of input "${input}" has no value, and ${where}; give ${quoted([...new Set(keys)])} in dims`;
  return new ModelError("unresolved-dimension", message, { ...detail, field: keyOf(input, axis, dim) });
}

function keyOf(input: string, axis: number, dim: Dim): string {
  return typeof dim === "string" ? dim : placeOf(input, axis);
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}
