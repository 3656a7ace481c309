import type { Graph, GraphNode, NodeId, ValueId } from "../types.js";
import type { Layout } from "./types.js";

/** A kernel while the passes still change it. */
export interface Draft {
  op: string;
  nodes: NodeId[];
  inputs: ValueId[];
  weights: ValueId[];
  outputs: ValueId[];
  activation: string | null;
  addsResidual: boolean;
  layout: Layout;
  /** Fused into another draft or eliminated. */
  dead: boolean;
}

/**
 * The graph's nodes as drafts, with who computes and who reads each value kept up to date through fusions. Every
 * operation costs time proportional to the edges it moves.
 */
export class DraftGraph {
  readonly drafts: Draft[] = [];
  /** By ValueId, as are the next two. */
  private readonly producers: (Draft | undefined)[];
  /** Drafts that read a value or did before they died. */
  private readonly readers: (Draft[] | undefined)[];
  /** How often living drafts read a value; one that reads it twice counts twice. */
  private readonly uses: Uint32Array;
  private readonly outputs: Set<ValueId>;

  constructor(readonly graph: Graph) {
    this.outputs = new Set(graph.outputs);
    this.producers = graph.values.map(() => undefined);
    this.readers = graph.values.map(() => undefined);
    this.uses = new Uint32Array(graph.values.length);
  }

  /** Appends one kernel for this node. Folded nodes never get here: the engine computes them before the run. */
  addNode(node: GraphNode): Draft {
    const draft: Draft = {
      op: node.opType,
      nodes: [node.id],
      inputs: [],
      weights: [],
      outputs: node.outputs.filter((id) => id !== null),
      activation: null,
      addsResidual: false,
      layout: "plain",
      dead: false,
    };
    for (const id of node.inputs) if (id !== null) (this.isConstant(id) ? draft.weights : draft.inputs).push(id);
    this.drafts.push(draft);
    for (const value of draft.inputs) this.addReader(value, draft);
    for (const value of draft.outputs) this.producers[value] = draft;
    return draft;
  }

  isConstant(value: ValueId): boolean {
    return this.graph.values[value]?.fact.constant === true;
  }

  producerOf(value: ValueId | undefined): Draft | undefined {
    return value === undefined ? undefined : this.producers[value];
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

  /** The draft that writes this value, if nothing else reads it: the condition of almost every fusion. */
  soleProducer(value: ValueId | undefined): Draft | undefined {
    const draft = this.producerOf(value);
    return draft !== undefined && value !== undefined && draft.outputs.length === 1 && this.useCount(value) === 1
      ? draft
      : undefined;
  }

  /** `consumer` becomes part of `producer`, which then writes consumer's outputs and reads its other inputs too. */
  fuseIntoProducer(producer: Draft, consumer: Draft): void {
    const through = producer.outputs[0];
    for (const value of consumer.inputs) {
      this.dropUse(value);
      if (value !== through && !producer.inputs.includes(value)) {
        producer.inputs.push(value);
        this.addReader(value, producer);
      }
    }
    producer.weights.push(...consumer.weights);
    producer.nodes.push(...consumer.nodes);
    producer.outputs = consumer.outputs;
    for (const value of consumer.outputs) this.producers[value] = producer;
    consumer.dead = true;
  }

  /** `producer` becomes part of `consumer`, its only reader: the consumer reads the producer's inputs itself. */
  absorbProducer(producer: Draft, consumer: Draft): void {
    const { op, nodes, inputs, weights } = consumer;
    const others = inputs.filter((value) => value !== producer.outputs[0]);
    const first = inputs[0] === producer.outputs[0];
    const own = [...producer.inputs];
    const extra = [...producer.nodes];
    this.fuseIntoProducer(producer, consumer);
    producer.op = op;
    producer.nodes = [...nodes, ...extra];
    producer.inputs = first ? [...own, ...others] : [...others, ...own];
    producer.weights = weights;
  }

  /**
   * Removes a draft that only passes its input on: its readers read the input instead. One of which more is read, such
   * as a Dropout's mask, stays.
   */
  bypass(draft: Draft): void {
    const [input] = draft.inputs;
    const [output, ...others] = draft.outputs;
    if (input === undefined || output === undefined || this.outputs.has(output)) return;
    if (others.some((value) => this.useCount(value) > 0)) return;
    for (const reader of this.readers[output] ?? []) {
      if (reader.dead) continue;
      for (const [at, value] of reader.inputs.entries()) {
        if (value !== output) continue;
        reader.inputs[at] = input;
        this.addReader(input, reader);
      }
    }
    this.readers[output] = undefined;
    this.uses[output] = 0;
    this.dropUse(input);
    draft.dead = true;
  }

  /** The drafts that are left, producers before readers. Depth-first and iterative: chains may be long. */
  inTopologicalOrder(): Draft[] {
    const ordered: Draft[] = [];
    const state = new Map<Draft, "open" | "done">();
    for (const root of this.drafts) {
      const stack: Draft[] = root.dead ? [] : [root];
      for (let draft = stack.at(-1); draft !== undefined; draft = stack.at(-1)) {
        const before = state.get(draft);
        if (before === undefined) {
          state.set(draft, "open");
          for (const value of draft.inputs) {
            const producer = this.producers[value];
            if (producer !== undefined && !state.has(producer)) stack.push(producer);
          }
        } else {
          stack.pop();
          if (before === "open") ordered.push(draft);
          state.set(draft, "done");
        }
      }
    }
    return ordered;
  }

  private addReader(value: ValueId, reader: Draft): void {
    const readers = this.readers[value];
    if (readers === undefined) this.readers[value] = [reader];
    else readers.push(reader);
    this.uses[value] = (this.uses[value] ?? 0) + 1;
  }

  /** Of a draft that dies: it stays in the list. */
  private dropUse(value: ValueId): void {
    this.uses[value] = Math.max(0, (this.uses[value] ?? 0) - 1);
  }
}
