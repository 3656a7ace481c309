import type { Graph, GraphNode, NodeId, ValueId } from "../types.js";
import type { Combination, Draft } from "./draft.js";
import { Readers } from "./readers.js";
import type { PatternId } from "./rules/patterns.js";

/** What a walk knows of a draft: nothing yet, that it waits for what it reads, that it is in its place. */
const [NEW, OPEN, DONE] = [0, 1, 2];

/**
 * The graph's nodes as drafts, with who computes and who reads each value kept up to date through fusions. Every
 * operation costs time proportional to the edges it moves.
 */
export class DraftGraph {
  readonly drafts: Draft[] = [];
  /** Nodes that vanished without becoming part of a kernel, with the pattern that did it. */
  readonly eliminated = new Map<NodeId, PatternId>();
  private readonly producers: (Draft | undefined)[];
  /** The living drafts that read a value, each with how often it does. */
  private readonly readers: (Readers | undefined)[];
  /** How often a value is read in all. */
  private readonly uses: Uint32Array;
  private readonly outputs: Set<ValueId>;
  /** Values of which the engine does not know that they are constant. */
  private readonly computed = new Set<ValueId>();

  /** @param keeps operators that the engine runs even on constants; what depends on them runs too. */
  constructor(
    readonly graph: Graph,
    private readonly keeps: ReadonlySet<string> = new Set(),
  ) {
    this.outputs = new Set(graph.outputs);
    this.producers = graph.values.map(() => undefined);
    this.readers = graph.values.map(() => undefined);
    this.uses = new Uint32Array(graph.values.length);
  }

  /** One draft for each node that runs. All readers have to be known before the first fusion asks how many there are. */
  addNodes(): void {
    for (const node of this.graph.nodes) {
      if (!node.folded || this.keeps.has(node.opType) || this.readsComputed(node)) this.addNode(node);
    }
  }

  private readsComputed(node: GraphNode): boolean {
    return this.computed.size > 0 && node.inputs.some((id) => id !== null && this.computed.has(id));
  }

  private addNode(node: GraphNode): void {
    const operands = present(node.inputs);
    const outputs = present(node.outputs);
    if (node.folded) for (const id of outputs) this.computed.add(id);
    const [inputs, weights] = this.byConstancy(operands);
    const draft: Draft = {
      index: this.drafts.length,
      op: node.opType,
      nodes: [node.id],
      operands,
      inputs,
      weights,
      outputs,
      activation: null,
      addsResidual: false,
      layout: "plain",
      patterns: [],
      calls: null,
      dead: false,
    };
    this.drafts.push(draft);
    for (const value of draft.inputs) this.addReader(value, draft);
    for (const value of draft.outputs) this.producers[value] = draft;
  }

  /** Of these, what is computed at run time, and what is constant. */
  private byConstancy(operands: readonly ValueId[]): [inputs: ValueId[], weights: ValueId[]] {
    let constants = 0;
    for (const id of operands) if (this.isConstant(id)) constants += 1;
    const inputs = new Array<ValueId>(operands.length - constants).fill(0);
    const weights = new Array<ValueId>(constants).fill(0);
    let [input, weight] = [0, 0];
    for (const id of operands) {
      if (this.isConstant(id)) weights[weight++] = id;
      else inputs[input++] = id;
    }
    return [inputs, weights];
  }

  isConstant(value: ValueId): boolean {
    return this.graph.values[value]?.fact.constant === true && !this.computed.has(value);
  }

  /** The main node of a draft. */
  nodeOf(draft: Draft): GraphNode | undefined {
    return this.graph.nodes[draft.nodes[0] ?? -1];
  }

  producerOf(value: ValueId | undefined): Draft | undefined {
    return value === undefined ? undefined : this.producers[value];
  }

  /** Each reader once, however often it reads the value. */
  readersOf(value: ValueId): readonly Draft[] {
    return this.readers[value]?.list() ?? [];
  }

  /** Whether nothing reads a value but this draft. */
  isReadOnlyBy(value: ValueId, reader: Draft): boolean {
    const readers = this.readers[value];
    return !this.outputs.has(value) && (readers === undefined || readers.size === (readers.has(reader) ? 1 : 0));
  }

  firstReader(value: ValueId): Draft | undefined {
    return this.readers[value]?.first();
  }

  /** Readers of a value, a model output counting as one more. */
  useCount(value: ValueId): number {
    return (this.uses[value] ?? 0) + (this.outputs.has(value) ? 1 : 0);
  }

  isModelOutput(value: ValueId): boolean {
    return this.outputs.has(value);
  }

  shapeOf(value: ValueId | undefined): readonly (number | string | null)[] {
    return (value === undefined ? null : this.graph.values[value]?.fact.shape) ?? [];
  }

  sameShape(a: ValueId | undefined, b: ValueId | undefined): boolean {
    const left = this.shapeOf(a);
    const right = this.shapeOf(b);
    return left.length > 0 && left.length === right.length && left.every((dim, i) => dim !== null && dim === right[i]);
  }

  /** The draft that writes this value, if nothing else reads it. */
  soleProducer(value: ValueId | undefined): Draft | undefined {
    const draft = this.producerOf(value);
    const alone = draft?.outputs.length === 1 && value !== undefined && this.useCount(value) === 1;
    return alone ? draft : undefined;
  }

  /** The members become one draft, in the place of the earliest, which is returned. */
  combine({ members, main, root, weights, replaced }: Combination): Draft {
    const inner = new Map<ValueId, Draft>();
    for (const member of members) for (const value of member.outputs) inner.set(value, member);
    const outside = (value: ValueId): ValueId[] => {
      const producer = inner.get(value);
      return producer === undefined ? [value] : producer.inputs.flatMap(outside);
    };
    const [first = main] = members;
    // The arrays of the one that stays grow in place, so that a long chain of fusions costs no more than its edges.
    const inputs = main === first ? main.inputs : main.inputs.flatMap(outside);
    const { activation, addsResidual, layout, op } = main;
    const kept = first.inputs.length;
    for (const member of members) {
      const read = member === first && inputs === first.inputs ? [] : member.inputs;
      for (const value of read) {
        this.removeReader(value, member);
        if (!inner.has(value) && !inputs.includes(value)) inputs.push(value);
      }
    }
    const grown = inputs === first.inputs;
    const final = replaced ? [...new Set(inputs)] : inputs;
    if (main !== first) first.nodes = [...main.nodes, ...first.nodes];
    for (const member of members.slice(1)) {
      if (member !== main) for (const node of member.nodes) first.nodes.push(node);
      first.weights.push(...member.weights);
      first.patterns.push(...member.patterns);
      member.dead = true;
    }
    Object.assign(first, { op, activation, addsResidual, layout, outputs: root.outputs, operands: null, calls: null });
    if (weights !== undefined) first.weights = [...weights];
    first.inputs = final;
    for (const value of grown ? inputs.slice(kept) : final) this.addReader(value, first);
    for (const value of first.outputs) this.producers[value] = first;
    return first;
  }

  /** A draft reads another value instead of one of its own. */
  redirect(draft: Draft, from: ValueId, to: ValueId): void {
    for (const value of draft.inputs) {
      if (value !== from) continue;
      this.removeReader(from, draft);
      this.addReader(to, draft);
    }
    draft.inputs = draft.inputs.map((value) => (value === from ? to : value));
    draft.operands = draft.operands?.map((value) => (value === from ? to : value)) ?? null;
  }

  /** Readers of one value become one draft that writes all that they write. */
  join(members: readonly Draft[]): Draft {
    const [first] = members;
    if (first === undefined) throw new RangeError("nothing to join");
    for (const member of members) {
      for (const value of member.inputs) this.removeReader(value, member);
      member.dead = member !== first;
    }
    const nodes = members.flatMap((member) => member.nodes);
    const outputs = members.flatMap((member) => member.outputs);
    Object.assign(first, { nodes, outputs, weights: [], operands: null });
    for (const value of first.inputs) this.addReader(value, first);
    for (const value of outputs) this.producers[value] = first;
    return first;
  }

  /**
   * Removes a draft that only passes its first input on: its readers read the input instead. False where it cannot go: it
   * writes an output of the model, or more of it is read, such as a Dropout's mask.
   */
  bypass(draft: Draft, pattern: PatternId): boolean {
    const [input] = draft.inputs;
    const [output] = draft.outputs;
    if (input === undefined || output === undefined || this.outputs.has(output) || this.writesMore(draft)) return false;
    for (const reader of this.readersOf(output)) this.redirect(reader, output, input);
    for (const value of draft.inputs) this.removeReader(value, draft);
    this.bury(draft, pattern);
    return true;
  }

  /** Removes a draft whose producer has no other reader: the producer writes the draft's output itself. */
  bypassAtOutput(draft: Draft, pattern: PatternId): boolean {
    const [input] = draft.inputs;
    const producer = this.producerOf(input);
    if (producer === undefined || input === undefined || this.useCount(input) !== 1 || this.writesMore(draft)) return false;
    producer.outputs = producer.outputs.flatMap((value) => (value === input ? draft.outputs : [value]));
    for (const value of draft.outputs) this.producers[value] = producer;
    this.removeReader(input, draft);
    this.bury(draft, pattern);
    return true;
  }

  private writesMore(draft: Draft): boolean {
    return draft.outputs.slice(1).some((value) => this.useCount(value) > 0);
  }

  private bury(draft: Draft, pattern: PatternId): void {
    for (const node of draft.nodes) this.eliminated.set(node, pattern);
    draft.dead = true;
  }

  /** The drafts that are left, producers before readers. Depth-first and iterative: chains may be long. */
  inTopologicalOrder(): Draft[] {
    const ordered: Draft[] = [];
    const states = new Uint8Array(this.drafts.length);
    for (const root of this.drafts) {
      const stack: Draft[] = root.dead ? [] : [root];
      for (let draft = stack.at(-1); draft !== undefined; draft = stack.at(-1)) {
        const before = states[draft.index] ?? NEW;
        if (before === NEW) {
          states[draft.index] = OPEN;
          for (const value of draft.inputs) {
            const producer = this.producers[value];
            if (producer !== undefined && states[producer.index] === NEW) stack.push(producer);
          }
        } else {
          stack.pop();
          if (before === OPEN) ordered.push(draft);
          states[draft.index] = DONE;
        }
      }
    }
    return ordered;
  }

  private addReader(value: ValueId, reader: Draft): void {
    const readers = this.readers[value];
    if (readers === undefined) this.readers[value] = new Readers(reader);
    else readers.add(reader);
    this.uses[value] = (this.uses[value] ?? 0) + 1;
  }

  private removeReader(value: ValueId, reader: Draft): void {
    if (this.readers[value]?.remove(reader) === true) this.uses[value] = (this.uses[value] ?? 0) - 1;
  }
}

/** Those that are there, in a list with no room for more: there are as many lists as nodes, and most stay as they are. */
function present(ids: readonly (ValueId | null)[]): ValueId[] {
  let count = 0;
  for (const id of ids) if (id !== null) count += 1;
  const list = new Array<ValueId>(count).fill(0);
  let used = 0;
  for (const id of ids) if (id !== null) list[used++] = id;
  return list;
}
