import type { ValueId } from "../types.js";
import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { QuantizedFusion, QuantizedRule } from "./rules/quantized.js";

/** Joins operators with the DequantizeLinear nodes before them and the QuantizeLinear after them. */
export function fuseQuantized(graph: DraftGraph, fusion: QuantizedFusion): void {
  const rules = new Map(fusion.operators.map((rule) => [rule.op, rule]));
  const joined = new Map<Draft, QuantizedRule>();
  // Movements first: the operators on either side of one are quantised alike then.
  for (const draft of graph.drafts) {
    if (!draft.dead && fusion.movements.includes(draft.op)) fuseMovement(graph, draft);
  }
  for (const draft of graph.drafts) {
    const rule = draft.dead ? undefined : rules.get(draft.op);
    const kernel = rule === undefined ? undefined : fuseOperator(graph, draft, rule, fusion.elements);
    if (rule !== undefined && kernel !== undefined) joined.set(kernel, rule);
  }
  for (const draft of graph.drafts) {
    if (draft.dead || draft.op !== "DequantizeLinear") continue;
    // Every reader gets one of its own.
    const readers = draft.outputs.reduce((sum, value) => sum + graph.useCount(value), 0);
    draft.calls = Array.from({ length: Math.max(1, readers) }, () => draft.op);
  }
  transposeAround(graph, joined);
}

/** A view or transposition of dequantised elements that are quantised alike again is done to the integers. */
function fuseMovement(graph: DraftGraph, draft: Draft): void {
  const before = graph.soleProducer(draft.inputs[0]);
  const after = quantizerOf(graph, draft);
  if (before?.op !== "DequantizeLinear" || after === undefined) return;
  if (!areAlike(graph, before.weights, after.weights)) return;
  const { weights } = draft;
  const kernel = graph.combine({ members: [before, draft, after], main: draft, root: after, replaced: false, weights });
  kernel.patterns.push("qdq-view");
}

/** The same scale and zero point. */
function areAlike(graph: DraftGraph, one: readonly ValueId[], other: readonly ValueId[]): boolean {
  const [facts, others] = [one, other].map((values) => values.map((value) => graph.graph.values[value]?.fact));
  return one.length > 0 && one.length === other.length && one.every((value, i) => {
    const [a, b] = [facts?.[i], others?.[i]];
    return value === other[i] || (a?.dtype === b?.dtype && a?.value?.[0] !== undefined && a.value.join() === b?.value?.join());
  });
}

function fuseOperator(graph: DraftGraph, draft: Draft, rule: QuantizedRule, elements: string): Draft | undefined {
  const after = quantizerOf(graph, draft);
  const [output] = after?.outputs ?? [];
  if (after === undefined || output === undefined || draft.weights.length > 0) return undefined;
  if (elementsOf(graph, output) !== elements) return undefined;
  const before: Draft[] = [];
  for (const [place, value] of draft.inputs.entries()) {
    const producer = graph.producerOf(value);
    const [source] = producer?.operands ?? [];
    if (producer?.op !== "DequantizeLinear" || source === undefined) return undefined;
    if (place < rule.activations && elementsOf(graph, source) !== elements && !isWeight(graph, rule, place, source)) return undefined;
    before.push(producer);
  }
  // What others read stays for them; this operator reads what it was made of.
  for (const producer of before) {
    const [output_] = producer.outputs;
    const [source] = producer.inputs;
    if (output_ !== undefined && source !== undefined && graph.useCount(output_) > 1) graph.redirect(draft, output_, source);
  }
  const own = [...new Set(before)].filter((producer) => producer.outputs.some((value) => draft.inputs.includes(value)));
  const kernel = graph.combine({ members: [...own, draft, after], main: draft, root: after, replaced: false });
  kernel.op = rule.becomes;
  kernel.patterns.push("qdq-operator");
  return kernel;
}

/** The second operand of a matrix product may be a weight, whose type is free. */
function isWeight(graph: DraftGraph, { op }: QuantizedRule, place: number, source: ValueId): boolean {
  return op === "MatMul" && place === 1 && graph.isConstant(source);
}

function quantizerOf(graph: DraftGraph, draft: Draft): Draft | undefined {
  const [output] = draft.outputs;
  if (output === undefined || draft.outputs.length !== 1 || graph.useCount(output) !== 1) return undefined;
  const reader = graph.firstReader(output);
  return reader?.op === "QuantizeLinear" ? reader : undefined;
}

/** Type of quantised elements once those that a single operator reads are made unsigned. */
function elementsOf(graph: DraftGraph, value: ValueId): string | null {
  const { fact, consumers = [], producer = null } = graph.graph.values[value] ?? {};
  if (fact?.dtype !== "int8" || producer === null) return fact?.dtype ?? null;
  const outputs = consumers.flatMap((node) => graph.graph.nodes[node]?.outputs ?? []);
  const readers = outputs.flatMap((output) => graph.graph.values[output ?? -1]?.consumers ?? []);
  return consumers.length === 1 && readers.length <= 1 ? "uint8" : "int8";
}

/** Kernels that want the channels last are transposed to and from, once for a chain of them. */
function transposeAround(graph: DraftGraph, joined: ReadonlyMap<Draft, QuantizedRule>): void {
  const last = new Set<Draft>();
  for (const [draft, rule] of joined) {
    const producer = graph.producerOf(draft.inputs[0]);
    const reads = producer !== undefined && last.has(producer);
    if (rule.channelsLast !== true && !(rule.keepsChannelsLast === true && reads)) continue;
    last.add(draft);
    draft.calls = reads ? [draft.op] : ["Transpose", draft.op];
  }
  for (const draft of last) {
    const [output] = draft.outputs;
    const readers = output === undefined ? [] : graph.readersOf(output);
    if (readers.length > 0 && readers.every((reader) => last.has(reader))) continue;
    draft.calls = [...(draft.calls ?? []), ...callsAfter(graph, readers)];
  }
}

/** Before an addition of floats the transposition is done to floats, which are quantised once more. */
function callsAfter(graph: DraftGraph, readers: readonly Draft[]): readonly string[] {
  const dequantized = readers.filter(({ op }) => op === "DequantizeLinear").flatMap(({ outputs }) => outputs);
  const added = dequantized.some((value) => graph.readersOf(value).some(({ op }) => op === "Add"));
  return added ? ["DequantizeLinear", "Transpose", "QuantizeLinear"] : ["Transpose"];
}
