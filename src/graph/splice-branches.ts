import type { OnnxNode } from "../onnx/types.js";
import { NO_COST, UNKNOWN_FACT } from "../ops/facts.js";
import { lookupOperator } from "../ops/index.js";
import type { ValueFact } from "../ops/operator.js";
import type { Body } from "./body-table.js";
import type { Inference, InferredNode } from "./build-inference.js";
import type { WiredValue, Wiring } from "./build-wiring.js";
import { FreshNames, labelOf, nameWithin } from "./fresh-names.js";
import { identityNode } from "./function-instance.js";
import type { NodeId, ValueId } from "./types.js";

/** A graph whose names are resolved and whose types are inferred. */
export interface InferredGraph {
  readonly wiring: Pick<Wiring, "values" | "inputs" | "outputs">;
  readonly inference: Inference;
}

/**
 * Puts the nodes of the branch that is known to be taken in the place of each If, at any depth, with what was inferred of
 * them already. Tensors around it keep their ids and names; those of the branch get fresh names, but for its outputs,
 * which are the If's. A branch that only hands on a tensor from elsewhere does so by an Identity.
 *
 * Every subgraph stands in a file once and is put in place once: time is linear in nodes and edges.
 */
export function spliceBranches(wiring: Wiring, inference: Inference): InferredGraph {
  if (inference.nodes.every(({ taken }) => taken === null)) return { wiring, inference };
  return new Splicer(wiring, inference).run();
}

/** A branch may be most of a file, each of its names with the label in front. */
const LABEL_LENGTH = 64;
const NOTHING_CAPTURED: ReadonlyMap<string, ValueId> = new Map();

/** A value whose producer and consumers are found anew. */
interface PlacedValue extends WiredValue {
  producer: NodeId | null;
  readonly consumers: NodeId[];
}

class Splicer {
  private readonly values: PlacedValue[];
  private readonly facts: ValueFact[];
  private readonly nodes: InferredNode[] = [];
  private readonly valueNames: FreshNames;
  private readonly nodeNames: FreshNames;

  constructor(
    private readonly wiring: Wiring,
    private readonly inference: Inference,
  ) {
    this.values = wiring.values.map((value) => ({ ...value, producer: null, consumers: [] }));
    this.facts = [...inference.facts];
    this.valueNames = new FreshNames(wiring.values.map(({ name }) => name));
    this.nodeNames = new FreshNames(inference.nodes.map(({ node }) => node.name));
  }

  run(): InferredGraph {
    for (const node of this.inference.nodes) this.place(node);
    const { wiring, inference, values, nodes, facts } = this;
    return { wiring: { ...wiring, values }, inference: { nodes, facts, bodies: inference.bodies } };
  }

  /** As deep as subgraphs are nested, which is limited. */
  private place(node: InferredNode): void {
    if (node.taken === null) this.append(node);
    else this.splice(node, node.taken);
  }

  private append(node: InferredNode): void {
    const position = this.nodes.length;
    this.nodes.push(node);
    for (const id of node.outputs) {
      const value = id === null ? undefined : this.values[id];
      if (value !== undefined) value.producer = position;
    }
    for (const id of [...node.inputs, ...node.captured.values()]) {
      const consumers = id === null ? undefined : this.values[id]?.consumers;
      if (consumers !== undefined && consumers.at(-1) !== position) consumers.push(position);
    }
  }

  private splice(choice: InferredNode, body: Body): void {
    const label = labelOf(choice.node, LABEL_LENGTH);
    const { ids, handedOn } = outputsInPlace(choice, body);
    for (const [name, id] of body.wiring.captured) {
      const around = choice.captured.get(name);
      if (around !== undefined) ids.set(id, around);
    }
    for (const [id, value] of body.wiring.values.entries()) {
      if (!ids.has(id)) ids.set(id, this.add(value, label, body.facts[id] ?? UNKNOWN_FACT));
    }
    for (const inner of body.nodes) this.place(this.moved(inner, label, ids));
    for (const [inner, output] of handedOn) this.handOn(choice, label, ids.get(inner) ?? null, output);
  }

  private add(value: WiredValue, label: string, fact: ValueFact): ValueId {
    const name = this.valueNames.fresh(`${label}/${value.name}`);
    this.facts.push(fact);
    return this.values.push({ ...value, name, producer: null, consumers: [] }) - 1;
  }

  private moved(inner: InferredNode, label: string, ids: ReadonlyMap<ValueId, ValueId>): InferredNode {
    const all = (list: readonly (ValueId | null)[]): readonly (ValueId | null)[] =>
      list.map((id) => (id === null ? null : (ids.get(id) ?? null)));
    const captured = new Map([...inner.captured].map(([name, id]) => [name, ids.get(id) ?? id]));
    return {
      ...inner,
      node: this.named(inner.node, nameWithin(label, inner.node)),
      inputs: all(inner.inputs),
      outputs: all(inner.outputs),
      captured,
    };
  }

  private handOn({ opsets }: InferredNode, label: string, source: ValueId | null, output: ValueId): void {
    const name = (id: ValueId | null): string => (id === null ? "" : (this.values[id]?.name ?? ""));
    const node = this.named(identityNode("", name(source), name(output)), `${label}/Identity`);
    const opset = opsets.get("") ?? 1;
    const operator = lookupOperator("", node.opType, opset);
    const folded = this.facts[output]?.constant ?? false;
    const view = { opset, operator, attributes: operator?.parseAttributes(node, opset), folded, cost: NO_COST, taken: null, repeats: null };
    this.append({ node, opsets, inputs: [source], outputs: [output], captured: NOTHING_CAPTURED, ...view });
  }

  private named(node: OnnxNode, wanted: string): OnnxNode {
    return { ...node, name: this.nodeNames.fresh(wanted) };
  }
}

interface OutputsInPlace {
  /** By the branch's ids, those of the If: for what a node of the branch makes and no other output names. */
  readonly ids: Map<ValueId, ValueId>;
  /** The others, which the branch did not make or names twice. */
  readonly handedOn: readonly (readonly [inner: ValueId, output: ValueId])[];
}

function outputsInPlace({ outputs }: InferredNode, { wiring }: Body): OutputsInPlace {
  const ids = new Map<ValueId, ValueId>();
  const handedOn: [ValueId, ValueId][] = [];
  for (const [at, output] of outputs.entries()) {
    const inner = wiring.outputs[at];
    if (output === null || inner === undefined) continue;
    if (wiring.values[inner]?.role === "activation" && !ids.has(inner)) ids.set(inner, output);
    else handedOn.push([inner, output]);
  }
  return { ids, handedOn };
}
