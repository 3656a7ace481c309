import type { OnnxGraph, OnnxNode, OnnxType, OnnxValueInfo, Shape } from "../onnx/types.js";
import { containerFact } from "../ops/containers.js";
import { bytesOfFact, fact, NO_COST, UNKNOWN_FACT } from "../ops/facts.js";
import { lookupOperator } from "../ops/index.js";
import type { Bodies, Cost, CostContext, Operator, ValueFact } from "../ops/operator.js";
import { factOfTensor } from "../ops/tensor-fact.js";
import { checkedRank, isKnown } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
import { type Body, BodyTable } from "./body-table.js";
import type { DimBindings } from "./build-bindings.js";
import { describe, type WiredNode, type WiredValue, type Wiring } from "./build-wiring.js";
import type { ValueId } from "./types.js";
import { ValueBudget } from "./value-budget.js";

/** What inference adds to a node. */
export interface InferredNode extends WiredNode {
  readonly opset: number;
  /** undefined: not known. */
  readonly operator: Operator | undefined;
  readonly attributes: unknown;
  readonly folded: boolean;
  readonly cost: Cost | null;
  /** The subgraph that runs in the node's place, known beforehand; null: there is none, or which one is open. */
  readonly taken: Body | null;
  /** The subgraph whose work the node's is, and how often it runs; null where that is not known. */
  readonly repeats: { readonly body: Body; readonly times: number } | null;
}

export interface Inference {
  readonly nodes: readonly InferredNode[];
  /** By ValueId. */
  readonly facts: readonly ValueFact[];
  /** Of the subgraphs that may run, at any depth. */
  readonly bodies: ReadonlyMap<OnnxGraph, Body>;
}

/**
 * Types, shapes and small values of every tensor, and the cost of every node, in one pass over the sorted nodes.
 * @throws ModelError of the operators, with the node that it is about.
 */
export function inferGraph(wiring: Wiring, bindings: DimBindings): Inference {
  return new InferencePass(bindings).run(wiring);
}

const NOTHING_GIVEN: ReadonlyMap<ValueId, ValueFact> = new Map();

class InferencePass {
  private readonly budget = new ValueBudget();
  private readonly bodies = new BodyTable((wiring, given) => this.infer(wiring, given));

  constructor(private readonly bindings: DimBindings) {}

  run(wiring: Wiring): Inference {
    return { ...this.infer(wiring, NOTHING_GIVEN), bodies: this.bodies.inferred };
  }

  /** @param given what is known of a subgraph's inputs and of what it takes from around it. */
  private infer(wiring: Wiring, given: ReadonlyMap<ValueId, ValueFact>): Pick<Inference, "nodes" | "facts"> {
    const { budget, bindings } = this;
    const facts = wiring.values.map((value, id) => {
      const known = given.get(id);
      return known === undefined ? budget.admit(initialFact(value, bindings), []) : refined(known, value, bindings);
    });
    const nodes = wiring.nodes.map((node) => {
      budget.enforceOn(facts);
      return this.inferNamed(node, wiring, facts);
    });
    return { nodes, facts };
  }

  /** An error that does not say where it happened gets the node's name. */
  private inferNamed(wired: WiredNode, wiring: Wiring, facts: ValueFact[]): InferredNode {
    try {
      return this.inferNode(wired, wiring, facts);
    } catch (error) {
      if (!(error instanceof ModelError) || error.detail.node !== undefined) throw error;
      const { node } = wired;
      const detail = { ...error.detail, node: node.name, opType: node.opType };
      throw new ModelError(error.code, `${describe(node)}: ${error.message}`, detail);
    }
  }

  private inferNode(wired: WiredNode, wiring: Wiring, facts: ValueFact[]): InferredNode {
    const { node, opsets, inputs: inputIds, outputs: outputIds } = wired;
    // An extension that the exporter forgot to import is read as version 1, and so are files older than operator sets.
    const opset = opsets.get(node.domain) ?? 1;
    const operator = lookupOperator(node.domain, node.opType, opset);
    const inputs = factsOf(inputIds, facts);
    const context = contextOf(node, opset, operator?.parseAttributes(node, opset), inputs);
    if (operator?.kind === "control") context.bodies = this.bodies.of(wired, facts);
    const inferred = operator?.inferShapes(context) ?? [];
    // What runs subgraphs says itself what is constant: they read more than its inputs.
    const folds = operator !== undefined && operator.kind !== "control" && operator.random !== true;
    const fromConstants = folds && areConstant(inputs);
    const outputs = new Array<ValueFact | null>(outputIds.length).fill(null);
    for (let at = 0; at < outputIds.length; at += 1) {
      const id = outputIds[at] ?? null;
      if (id === null) continue;
      const known = refined(inferred[at] ?? UNKNOWN_FACT, wiring.values[id], this.bindings);
      const output = this.budget.admit(fromConstants && !known.constant ? { ...known, constant: true } : known, inputs);
      checkShape(output.shape);
      outputs[at] = output;
    }
    store(facts, outputIds, outputs);
    const folded = areConstant(outputs);
    context.outputs = outputs;
    const cost = operator === undefined ? null : costOf(operator, context, folded);
    const taken = operator?.takenGraph?.(context) ?? null;
    const repeated = folded || cost === null ? null : (operator?.repeatedGraph?.(context) ?? null);
    const body = repeated === null ? null : this.bodies.last(repeated.graph);
    // Spelled out: spreading takes several times as long, and there may be a hundred thousand nodes.
    return {
      node,
      opsets,
      inputs: inputIds,
      outputs: outputIds,
      captured: wired.captured,
      opset,
      operator,
      attributes: context.attributes,
      folded,
      cost,
      taken: taken === null ? null : this.bodies.last(taken),
      repeats: repeated === null || body === null ? null : { body, times: repeated.times },
    };
  }
}

function initialFact({ role, tensor, declared }: WiredValue, bindings: DimBindings): ValueFact {
  if (tensor !== null) return factOfTensor(tensor);
  if (role !== "input" || declared === null) return UNKNOWN_FACT;
  if (declared.container !== undefined) return factOfContainer(declared.container, declared, bindings);
  return { dtype: declared.dtype, shape: bindings.inputShape(declared), value: null, constant: false };
}

/** What a stated type says of a sequence or an optional; how much is in it, nobody states. */
function factOfContainer(
  { kind, element }: NonNullable<OnnxType["container"]>,
  owner: OnnxValueInfo,
  bindings: DimBindings,
): ValueFact {
  const inner =
    element.container === undefined
      ? fact(element.dtype, bindings.bound({ name: owner.name, ...element }))
      : factOfContainer(element.container, owner, bindings);
  return containerFact({ kind, element: inner, length: null, items: null });
}

/** One context for all that an operator is asked, its outputs added once they are known. */
interface OpenContext extends CostContext<unknown> {
  outputs: readonly (ValueFact | null)[];
  bodies?: Bodies;
}

const NO_FACTS: readonly ValueFact[] = [];

function contextOf(node: OnnxNode, opset: number, attributes: unknown, inputs: readonly (ValueFact | null)[]): OpenContext {
  return { node, opset, attributes, inputs, outputs: NO_FACTS };
}

function factsOf(ids: readonly (ValueId | null)[], facts: readonly ValueFact[]): readonly (ValueFact | null)[] {
  const found = new Array<ValueFact | null>(ids.length).fill(null);
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? null;
    if (id !== null) found[at] = facts[id] ?? UNKNOWN_FACT;
  }
  return found;
}

/** Whether all the tensors that are there are constant, and one is there. */
function areConstant(tensors: readonly (ValueFact | null)[]): boolean {
  let found = false;
  for (const tensor of tensors) {
    if (tensor === null) continue;
    if (!tensor.constant) return false;
    found = true;
  }
  return found;
}

function store(facts: ValueFact[], ids: readonly (ValueId | null)[], outputs: readonly (ValueFact | null)[]): void {
  for (let at = 0; at < ids.length; at += 1) {
    const id = ids[at] ?? null;
    const output = outputs[at] ?? null;
    if (id !== null && output !== null) facts[id] = output;
  }
}

/** Of operators, none of which should infer a shape that no tensor can have. */
function checkShape(shape: Shape): void {
  if (shape === null) return;
  checkedRank(shape.length);
  for (const dim of shape) {
    if (typeof dim !== "number" || (Number.isSafeInteger(dim) && dim >= 0)) continue;
    throw new ModelError("invalid-graph", `an output would have the dimension ${dim}`);
  }
}

/** What was inferred, completed by what the file states where inference knows nothing; where both speak, inference. */
function refined(inferred: ValueFact, value: WiredValue | undefined, bindings: DimBindings): ValueFact {
  const declared = value?.declared ?? null;
  if (declared === null || inferred.container !== undefined || (isKnown(inferred.shape) && inferred.dtype !== null)) {
    return inferred;
  }
  const { shape } = inferred;
  if (declared.container !== undefined) {
    return shape === null && inferred.dtype === null ? factOfContainer(declared.container, declared, bindings) : inferred;
  }
  const stated = bindings.bound(declared);
  const completed =
    stated === null || shape === null
      ? (shape ?? stated)
      : shape.map((dim, axis) => dim ?? (stated.length === shape.length ? (stated[axis] ?? null) : null));
  return { ...inferred, dtype: inferred.dtype ?? declared.dtype, shape: completed };
}

/**
 * The work of a node for one run; null where a size is unknown. A folded node does its work before any run. What only
 * names or describes data may cost nothing whatever the sizes are, and the sizes in a subgraph are not those of its node.
 */
function costOf(operator: Operator, context: CostContext<unknown>, folded: boolean): Cost | null {
  if (folded) return NO_COST;
  const { kind } = operator;
  const needsSizes = kind !== "view" && kind !== "constant" && kind !== "control";
  if (needsSizes && !(context.inputs.every(isSized) && context.outputs.every(isSized))) return null;
  try {
    return operator.cost(context);
  } catch (error) {
    if (error instanceof ModelError && error.code === "unresolved-dimension") return null;
    throw error;
  }
}

function isSized(fact: ValueFact | null): boolean {
  if (fact === null) return true;
  return fact.container === undefined ? fact.dtype !== null && isKnown(fact.shape) : bytesOfFact(fact) !== null;
}
