import type { OnnxNode } from "../onnx/types.js";
import { NO_COST, UNKNOWN_FACT } from "../ops/facts.js";
import { lookupOperator } from "../ops/index.js";
import type { Cost, CostContext, Operator, ValueFact } from "../ops/operator.js";
import { factOfTensor } from "../ops/tensor-fact.js";
import { checkedRank, isKnown } from "../shapes/dims.js";
import { ModelError } from "../wire/errors.js";
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
}

export interface Inference {
  readonly nodes: readonly InferredNode[];
  /** By ValueId. */
  readonly facts: readonly ValueFact[];
}

/**
 * Types, shapes and small values of every tensor, and the cost of every node, in one pass over the sorted nodes.
 * @throws ModelError of the operators, with the node that it is about.
 */
export function inferGraph(wiring: Wiring, bindings: DimBindings): Inference {
  const budget = new ValueBudget();
  const facts = wiring.values.map((value) => budget.admit(initialFact(value, bindings), []));
  const nodes = wiring.nodes.map((node) => {
    budget.enforceOn(facts);
    return naming(node.node, () => inferNode(node, wiring, facts, bindings, budget));
  });
  return { nodes, facts };
}

function initialFact({ role, tensor, declared }: WiredValue, bindings: DimBindings): ValueFact {
  if (tensor !== null) return factOfTensor(tensor);
  if (role !== "input" || declared === null) return UNKNOWN_FACT;
  return { dtype: declared.dtype, shape: bindings.inputShape(declared), value: null, constant: false };
}

function inferNode(
  wired: WiredNode,
  wiring: Wiring,
  facts: ValueFact[],
  bindings: DimBindings,
  budget: ValueBudget,
): InferredNode {
  const { node, opsets, inputs: inputIds, outputs: outputIds } = wired;
  // An extension that the exporter forgot to import is read as version 1, and so are files older than operator sets.
  const opset = opsets.get(node.domain) ?? 1;
  const operator = lookupOperator(node.domain, node.opType, opset);
  const inputs = inputIds.map((id) => (id === null ? null : (facts[id] ?? UNKNOWN_FACT)));
  const attributes = operator?.parseAttributes(node, opset);
  const inferred = operator?.inferShapes({ node, opset, attributes, inputs }) ?? [];
  const fromConstants = operator !== undefined && areConstant(inputs);
  const outputs = outputIds.map((id, at) => {
    if (id === null) return null;
    const known = refined(inferred[at] ?? UNKNOWN_FACT, wiring.values[id], bindings);
    return budget.admit(fromConstants ? { ...known, constant: true } : known, inputs);
  });
  store(facts, outputIds, outputs);
  const folded = areConstant(outputs);
  const context: CostContext<unknown> = { node, opset, attributes, inputs, outputs };
  const cost = operator === undefined ? null : costOf(operator, context, folded);
  return { node, opsets, inputs: inputIds, outputs: outputIds, opset, operator, attributes, folded, cost };
}

/** Whether all the tensors that are there are constant, and one is there. */
function areConstant(tensors: readonly (ValueFact | null)[]): boolean {
  return tensors.every((tensor) => tensor === null || tensor.constant) && tensors.some((tensor) => tensor !== null);
}

function store(facts: ValueFact[], ids: readonly (ValueId | null)[], outputs: readonly (ValueFact | null)[]): void {
  for (const [at, id] of ids.entries()) {
    const output = outputs[at];
    if (id === null || output === null || output === undefined) continue;
    checkedRank(output.shape?.length ?? 0);
    facts[id] = output;
  }
}

/** What was inferred, completed by what the file states where inference knows nothing; where both speak, inference. */
function refined(inferred: ValueFact, value: WiredValue | undefined, bindings: DimBindings): ValueFact {
  const declared = value?.declared ?? null;
  if (declared === null || (isKnown(inferred.shape) && inferred.dtype !== null)) return inferred;
  const stated = bindings.bound(declared);
  const { shape } = inferred;
  const completed =
    stated === null || shape === null
      ? (shape ?? stated)
      : shape.map((dim, axis) => dim ?? (stated.length === shape.length ? (stated[axis] ?? null) : null));
  return { ...inferred, dtype: inferred.dtype ?? declared.dtype, shape: completed };
}

/**
 * The work of a node for one run; null where a size is unknown. A folded node does its work before any run. What only
 * names or describes data may cost nothing whatever the sizes are.
 */
function costOf(operator: Operator, context: CostContext<unknown>, folded: boolean): Cost | null {
  if (folded) return NO_COST;
  if (context.inputs.every(isSized) && context.outputs.every(isSized)) return operator.cost(context);
  if (operator.kind !== "view" && operator.kind !== "constant") return null;
  try {
    return operator.cost(context);
  } catch (error) {
    if (error instanceof ModelError && error.code === "unresolved-dimension") return null;
    throw error;
  }
}

function isSized(fact: ValueFact | null): boolean {
  return fact === null || (fact.dtype !== null && isKnown(fact.shape));
}

/** Runs a step for one node; an error that does not say where it happened gets the node's name. */
function naming<T>(node: OnnxNode, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ModelError) || error.detail.node !== undefined) throw error;
    const detail = { ...error.detail, node: node.name, opType: node.opType };
    throw new ModelError(error.code, `${describe(node)}: ${error.message}`, detail);
  }
}
