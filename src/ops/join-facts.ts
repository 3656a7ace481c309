import type { Dim, Shape } from "../onnx/types.js";
import { UNKNOWN_FACT } from "./facts.js";
import type { ContainerFact, ValueFact } from "./operator.js";

/**
 * What holds whichever of the two a value is: branches of an If, iterations of a loop, tensors of a sequence. It is `a`
 * itself where `b` says nothing else.
 */
export function joinFacts(a: ValueFact, b: ValueFact): ValueFact {
  if (a === b) return a;
  const dtype = a.dtype === b.dtype ? a.dtype : null;
  const shape = joinShapes(a.shape, b.shape);
  const value = joinElements(a.value, b.value);
  const container = joinContainers(a.container, b.container);
  const constant = a.constant && b.constant;
  if (dtype === a.dtype && shape === a.shape && value === a.value && container === a.container && constant === a.constant) {
    return a;
  }
  return container === undefined ? { dtype, shape, value, constant } : { dtype, shape, value, constant, container };
}

/** What holds for all of these; null for none. */
export function joinAll(facts: readonly ValueFact[]): ValueFact | null {
  let joined: ValueFact | null = null;
  for (const fact of facts) joined = joined === null ? fact : joinFacts(joined, fact);
  return joined;
}

function joinShapes(a: Shape, b: Shape): Shape {
  if (a === null || b?.length !== a.length) return null;
  return joinLists(a, b);
}

function joinElements(a: readonly Dim[] | null, b: readonly Dim[] | null): readonly Dim[] | null {
  if (a === b) return a;
  return a === null || b?.length !== a.length ? null : joinLists(a, b);
}

function joinLists(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  return a.every((dim, at) => dim === null || dim === b[at]) ? a : a.map((dim, at) => (dim === b[at] ? dim : null));
}

function joinContainers(a: ContainerFact | undefined, b: ContainerFact | undefined): ContainerFact | undefined {
  if (a === undefined || b === undefined || a === b) return a === b ? a : undefined;
  if (a.kind !== b.kind) return undefined;
  const length = a.length === b.length ? a.length : null;
  const element = joinElementFacts(a, b);
  const items = joinItems(a.items, b.items);
  const same = length === a.length && element === a.element && items === a.items;
  return same ? a : { kind: a.kind, element, length, items };
}

/** Where nothing is in the one, whatever is in the other holds for each. */
function joinElementFacts(a: ContainerFact, b: ContainerFact): ValueFact {
  if (b.length === 0) return a.length === 0 ? joinFacts(a.element, b.element) : a.element;
  return a.length === 0 ? b.element : joinFacts(a.element, b.element);
}

function joinItems(a: readonly ValueFact[] | null, b: readonly ValueFact[] | null): readonly ValueFact[] | null {
  if (a === b || a === null) return a;
  if (b?.length !== a.length) return null;
  const joined = a.map((item, at) => joinFacts(item, b[at] ?? UNKNOWN_FACT));
  return joined.every((item, at) => item === a[at]) ? a : joined;
}
