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
const TOLERANCE = 1e-3;

/** All ways in which a pattern fits with its root at this draft. */
export function matches(graph: DraftGraph, pattern: NodePattern, draft: Draft): Iterable<Match> {
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

function* node(graph: DraftGraph, pattern: NodePattern, draft: Draft, before: Match): Generator<Match> {
  if (!hasOperator(pattern, draft) || before.members.includes(draft)) return;
  if (!hasAttributes(graph, pattern, draft)) return;
  const { inputs = [], as } = pattern;
  const orders = pattern.anyOrder === true && inputs.length === 2 ? [inputs, [...inputs].reverse()] : [inputs];
  for (const order of orders) {
    for (const found of operands(graph, order, draft, before)) {
      const match = named(found, as, draft);
      if (match !== null) yield match;
    }
  }
}

function* operands(
  graph: DraftGraph,
  patterns: readonly OperandPattern[],
  draft: Draft,
  before: Match,
  index = 0,
): Generator<Match> {
  const pattern = patterns[index];
  if (pattern === undefined) {
    yield before;
    return;
  }
  const value = operandAt(draft, index);
  if (value === undefined) return;
  for (const found of operand(graph, pattern, value, draft, before)) yield* operands(graph, patterns, draft, found, index + 1);
}

function* operand(
  graph: DraftGraph,
  pattern: OperandPattern,
  value: ValueId,
  reader: Draft,
  before: Match,
): Generator<Match> {
  if ("op" in pattern) {
    const producer = graph.producerOf(value);
    if (producer !== undefined && isInside(graph, pattern, producer, value, reader)) {
      yield* node(graph, pattern, producer, before);
    }
  } else if ("value" in pattern) {
    const bound = before.values.get(pattern.value);
    if (bound === undefined || bound === value) yield withValue(before, pattern.value, value);
  } else if (isConstant(graph, pattern, value)) {
    yield withValue(before, pattern.constant, value);
  }
}

/** Whether nothing outside of the pattern reads what this node writes. */
function isInside(graph: DraftGraph, pattern: NodePattern, { outputs }: Draft, value: ValueId, reader: Draft): boolean {
  if (pattern.severalOutputs === true) {
    return outputs.every((output) => graph.isReadOnlyBy(output, reader));
  }
  return outputs.length === 1 && graph.useCount(value) === (pattern.readers ?? 1);
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
  return Object.entries(attributes).every(([name, test]) => hasAttribute(graph, draft, name, test));
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
