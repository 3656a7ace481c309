import type { ValueId } from "../types.js";
import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { PartsRule } from "./rules/rule.js";

/** What a Gather of one index or a Slice takes of an axis: [from, to). */
interface Part {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** Where all readers of a value take parts of one axis that together are all of it, they become one kernel with many outputs. */
export function joinParts(graph: DraftGraph, rules: readonly PartsRule[]): void {
  for (const rule of rules) {
    const byValue = new Map<ValueId, Draft[]>();
    for (const draft of graph.drafts) {
      const [value] = draft.inputs;
      if (draft.dead || draft.op !== rule.op || draft.nodes.length !== 1 || value === undefined) continue;
      const group = byValue.get(value);
      if (group) group.push(draft);
      else byValue.set(value, [draft]);
    }
    for (const [value, drafts] of byValue) {
      if (drafts.length < rule.atLeast || drafts.length !== graph.useCount(value) || !tile(graph, drafts, rule)) continue;
      const joined = graph.join(drafts);
      joined.op = rule.becomes;
      joined.patterns.push("split-parts");
      const { each } = rule;
      joined.calls = [rule.becomes, ...(each === undefined ? [] : drafts.map(() => each))];
    }
  }
  const passing = rules.filter(({ passesTransposes }) => passesTransposes === true).map(({ becomes }) => becomes);
  for (const draft of graph.drafts) {
    if (!draft.dead && passing.includes(draft.op)) passTranspose(graph, draft);
  }
}

/** A transposition of the whole is done to each part instead, where that cancels another one before a product. */
function passTranspose(graph: DraftGraph, split: Draft): void {
  const transpose = graph.soleProducer(split.inputs[0]);
  if (transpose?.op !== "Transpose" || !split.outputs.some((value) => isTransposedBeforeProduct(graph, value))) return;
  const { calls, outputs, op } = split;
  const parts = outputs.length;
  const merged = graph.combine({ members: [transpose, split], main: split, root: split, replaced: false, weights: [] });
  merged.patterns.push("split-transpose");
  merged.calls = [...(calls ?? [op]), ...Array.from({ length: parts }, () => "Transpose")];
}

/** Views that may lie between parts and the product that reads them. */
const MOST_VIEWS = 2;

/** A product that has taken in a transposition reads it, perhaps through a view. */
function isTransposedBeforeProduct(graph: DraftGraph, value: ValueId, views = MOST_VIEWS): boolean {
  return graph.readersOf(value).some(({ op, patterns, outputs: [output] }) => {
    if (op === "Squeeze" && output !== undefined && views > 0) return isTransposedBeforeProduct(graph, output, views - 1);
    return op === "MatMul" && patterns.includes("matmul-transpose");
  });
}

/** The parts follow each other without gaps from the start of the axis to its end. */
function tile(graph: DraftGraph, drafts: readonly Draft[], { equal }: PartsRule): boolean {
  const parts = drafts.map((draft) => partOf(graph, draft)).filter((part) => part !== null);
  if (parts.length !== drafts.length) return false;
  parts.sort((a, b) => a.from - b.from);
  const axis = parts[0]?.axis;
  const extent = graph.shapeOf(drafts[0]?.inputs[0])[axis ?? -1];
  const sizes = new Set(parts.map(({ from, to }) => to - from));
  if (equal === true && sizes.size > 1) return false;
  let end = 0;
  for (const part of parts) {
    if (part.axis !== axis || part.from !== end) return false;
    end = part.to;
  }
  return end === extent;
}

function partOf(graph: DraftGraph, draft: Draft): Part | null {
  const [, ...rest] = draft.operands ?? [];
  if (draft.inputs.length !== 1) return null;
  const shape = graph.shapeOf(draft.inputs[0]);
  const place = (axis: number): number => (axis < 0 ? axis + shape.length : axis);
  if (draft.op === "Gather") {
    const attribute = graph.nodeOf(draft)?.rawAttributes.get("axis");
    const axis = place(attribute?.kind === "int" ? attribute.value : 0);
    const index = single(graph, rest[0]);
    const extent = shape[axis];
    if (index === null || typeof extent !== "number" || graph.shapeOf(rest[0]).length > 0) return null;
    const from = index < 0 ? index + extent : index;
    return { axis, from, to: from + 1 };
  }
  const [start, end, axes, step] = rest.map((value) => single(graph, value));
  const axis = place(axes ?? 0);
  const extent = shape[axis];
  if (typeof start !== "number" || typeof end !== "number" || typeof extent !== "number") return null;
  if (rest.length < 3 || typeof axes !== "number" || (rest.length > 3 && step !== 1)) return null;
  const clamp = (at: number): number => Math.min(extent, Math.max(0, at < 0 ? at + extent : at));
  return { axis, from: clamp(start), to: clamp(end) };
}

/** A constant's only element. */
function single(graph: DraftGraph, value: ValueId | undefined): number | null {
  const elements = value === undefined ? null : (graph.graph.values[value]?.fact.value ?? null);
  const [element] = elements ?? [];
  return elements?.length === 1 && typeof element === "number" ? element : null;
}
