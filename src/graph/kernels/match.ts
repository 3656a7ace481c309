import type { ValueId } from "../types.js";
import { Bindings } from "./bindings.js";
import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { AttributeTest, ConstantPattern, NodePattern, OperandPattern } from "./rules/rule.js";

/** Where a pattern was found. */
export interface Match {
  /** The matched drafts, each after those that it reads. */
  readonly members: readonly Draft[];
  readonly nodes: Bindings<Draft>;
  /** Values by name: those that the pattern names, and of each named node what it writes. */
  readonly values: Bindings<ValueId>;
}

const NOTHING: Match = { members: [], nodes: Bindings.none(), values: Bindings.none() };
const NO_MATCHES: readonly Match[] = [];
const NO_OPERANDS: readonly OperandPattern[] = [];
const TOLERANCE = 1e-3;

/** All ways in which a pattern fits with its root at this draft: as many as its commutative nodes allow, which is few. */
export function matches(graph: DraftGraph, pattern: NodePattern, draft: Draft): readonly Match[] {
  return mayFit(graph, pattern, draft) ? node(graph, pattern, draft, NOTHING) : NO_MATCHES;
}

/**
 * Whether operators, attributes and constants are those of the pattern, whatever its names stand for: nearly all that does
 * not fit is told here, without anything being allocated.
 */
function mayFit(graph: DraftGraph, pattern: NodePattern, draft: Draft): boolean {
  if (!hasOperator(pattern, draft)) return false;
  const { inputs } = pattern;
  if (inputs !== undefined) {
    const fits = operandsMayFit(graph, inputs, draft, false);
    if (!fits && !(pattern.anyOrder === true && inputs.length === 2 && operandsMayFit(graph, inputs, draft, true))) return false;
  }
  return hasAttributes(graph, pattern, draft);
}

function operandsMayFit(graph: DraftGraph, patterns: readonly OperandPattern[], draft: Draft, reversed: boolean): boolean {
  for (let at = 0; at < patterns.length; at += 1) {
    const pattern = patterns[reversed ? patterns.length - 1 - at : at];
    const value = operandAt(draft, at);
    if (pattern === undefined || value === undefined) return false;
    if ("op" in pattern) {
      const producer = graph.producerOf(value);
      if (producer === undefined || !isInside(graph, pattern, producer, value, draft)) return false;
      if (!mayFit(graph, pattern, producer)) return false;
    } else if ("constant" in pattern && !isConstant(graph, pattern, value)) return false;
  }
  return true;
}

function operandAt({ operands: inOrder, inputs, weights }: Draft, at: number): ValueId | undefined {
  if (inOrder !== null) return inOrder[at];
  return at < inputs.length ? inputs[at] : weights[at - inputs.length];
}

function node(graph: DraftGraph, pattern: NodePattern, draft: Draft, before: Match): readonly Match[] {
  if (!hasOperator(pattern, draft) || before.members.includes(draft)) return NO_MATCHES;
  if (!hasAttributes(graph, pattern, draft)) return NO_MATCHES;
  const { inputs = NO_OPERANDS, as, anyOrder } = pattern;
  const found = allNamed(operands(graph, inputs, draft, before, false), as, draft);
  if (anyOrder !== true || inputs.length !== 2) return found;
  const reversed = allNamed(operands(graph, inputs, draft, before, true), as, draft);
  return found.length === 0 ? reversed : reversed.length === 0 ? found : [...found, ...reversed];
}

/** The ways to go on from a match over all operands, in the pattern's order or the reverse. */
function operands(
  graph: DraftGraph,
  patterns: readonly OperandPattern[],
  draft: Draft,
  before: Match,
  reversed: boolean,
): readonly Match[] {
  let found: readonly Match[] = [before];
  for (let at = 0; at < patterns.length && found.length > 0; at += 1) {
    const pattern = patterns[reversed ? patterns.length - 1 - at : at];
    const value = operandAt(draft, at);
    if (pattern === undefined || value === undefined) return NO_MATCHES;
    const [only] = found;
    found =
      found.length === 1 && only !== undefined
        ? operand(graph, pattern, value, draft, only)
        : found.flatMap((match) => operand(graph, pattern, value, draft, match));
  }
  return found;
}

function operand(
  graph: DraftGraph,
  pattern: OperandPattern,
  value: ValueId,
  reader: Draft,
  before: Match,
): readonly Match[] {
  if ("op" in pattern) {
    const producer = graph.producerOf(value);
    const fits = producer !== undefined && isInside(graph, pattern, producer, value, reader);
    return fits ? node(graph, pattern, producer, before) : NO_MATCHES;
  }
  if ("value" in pattern) {
    const bound = before.values.get(pattern.value);
    return bound === undefined || bound === value ? [withValue(before, pattern.value, value)] : NO_MATCHES;
  }
  return isConstant(graph, pattern, value) ? [withValue(before, pattern.constant, value)] : NO_MATCHES;
}

/** Whether nothing outside of the pattern reads what this node writes. */
function isInside(graph: DraftGraph, pattern: NodePattern, { outputs }: Draft, value: ValueId, reader: Draft): boolean {
  if (pattern.severalOutputs === true) {
    return outputs.every((output) => graph.isReadOnlyBy(output, reader));
  }
  return outputs.length === 1 && graph.useCount(value) === (pattern.readers ?? 1);
}

/** Those in which the role's name stands for no other value already. */
function allNamed(all: readonly Match[], role: string | undefined, draft: Draft): readonly Match[] {
  const [only] = all;
  if (only === undefined) return NO_MATCHES;
  if (all.length > 1) return all.flatMap((match) => named(match, role, draft) ?? []);
  const match = named(only, role, draft);
  return match === null ? NO_MATCHES : [match];
}

/** null where the role's name stands for another value already. */
function named(match: Match, role: string | undefined, draft: Draft): Match | null {
  const members = [...match.members, draft];
  const { nodes, values } = match;
  if (role === undefined) return { members, nodes, values };
  const [output] = draft.outputs;
  const bound = values.get(role);
  if (output === undefined || (bound !== undefined && bound !== output)) return null;
  return { members, nodes: nodes.with(role, draft), values: values.with(role, output) };
}

function withValue(match: Match, name: string, value: ValueId): Match {
  const { members, nodes, values } = match;
  return { members, nodes, values: values.with(name, value) };
}

function hasOperator({ op }: NodePattern, draft: Draft): boolean {
  return typeof op === "string" ? op === draft.op : op.includes(draft.op);
}

function hasAttributes(graph: DraftGraph, { attributes }: NodePattern, draft: Draft): boolean {
  if (attributes === undefined) return true;
  for (const name in attributes) {
    const test = attributes[name];
    if (test !== undefined && !hasAttribute(graph, draft, name, test)) return false;
  }
  return true;
}

function hasAttribute(graph: DraftGraph, draft: Draft, name: string, test: AttributeTest): boolean {
  const attribute = graph.nodeOf(draft)?.rawAttributes.get(name);
  if ("permutation" in test) {
    const swaps = test.permutation === "swaps the last two" ? swapsLastTwo : swapsGroups;
    return attribute?.kind === "ints" && swaps(attribute.value);
  }
  const stated = attribute === undefined ? test.default : "value" in attribute ? attribute.value : undefined;
  return stated === test.is;
}

function swapsLastTwo(perm: readonly number[]): boolean {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
}

function swapsGroups(perm: readonly number[]): boolean {
  return perm.join() === "0,2,1,3,4";
}

function isConstant(graph: DraftGraph, pattern: ConstantPattern, value: ValueId): boolean {
  if (!graph.isConstant(value)) return false;
  if (pattern.scalar === true && graph.shapeOf(value).some((dim) => dim !== 1)) return false;
  if (pattern.equals === undefined) return true;
  const elements = graph.graph.values[value]?.fact.value;
  const [element] = elements ?? [];
  const wanted: readonly number[] = typeof pattern.equals === "number" ? [pattern.equals] : pattern.equals;
  if (elements?.length !== 1 || typeof element !== "number") return false;
  return wanted.some((number) => Math.abs(element - number) <= TOLERANCE * Math.max(1, Math.abs(number)));
}
