import type { OnnxModel } from "../onnx/types.js";
import { UNKNOWN_FACT } from "../ops/facts.js";
import type { ValueFact } from "../ops/operator.js";
import { buildAdjacency } from "./adjacency.js";
import type { Body } from "./body-table.js";
import { bodiesWithin, bodyUnknowns, bodyWeights, parametersWithin, unknownOperators } from "./body-totals.js";
import { DimBindings, type DimOptions } from "./build-bindings.js";
import { inferGraph, type Inference, type InferredNode } from "./build-inference.js";
import { parametersOf, totalsOf } from "./build-totals.js";
import { assertResolved } from "./build-unresolved.js";
import { wireGraph } from "./build-wiring.js";
import { modelIdOf } from "./hashing.js";
import { inlineFunctions } from "./inline-functions.js";
import { type InferredGraph, spliceBranches } from "./splice-branches.js";
import { assertFewCaptures } from "./captures.js";
import type { Graph, GraphNode, GraphValue, NodeId, Repeat, ValueId } from "./types.js";

export type BuildOptions = DimOptions;

/**
 * A model as a typed, readonly graph: functions opened, names resolved, nodes sorted, shapes inferred, costs computed.
 * Time is linear in nodes and edges (but for sorting the edges).
 *
 * An operator that is not known keeps its place with `kind` and `cost` null; what the file states of its outputs is
 * believed, and known nodes whose sizes depend on it have `cost` null too. An If whose condition is known gives way to the
 * nodes of the branch that is taken. Those of other subgraphs (of If, Loop, Scan and SequenceMap) are no nodes of the graph:
 * their work and weights are those of the node that runs them.
 *
 * @throws ModelError("invalid-graph") for two producers, dangling inputs, cycles and inputs that contradict an operator;
 *   ModelError("unresolved-dimension") for an open dimension of an input that a cost depends on and `options` leaves
 *   open; ModelError("malformed") for attributes; ModelError("limit-exceeded") for sizes beyond counting.
 */
export function buildGraph(model: OnnxModel, options: BuildOptions = {}): Graph {
  const opened = inlineFunctions(model);
  assertFewCaptures(opened);
  const wired = wireGraph(model.graph, opened);
  const inferred = inferGraph(wired, new DimBindings(model.graph.inputs, options));
  const spliced = spliceBranches(wired, inferred);
  assertResolved(spliced.wiring, spliced.inference);
  return assemble(spliced, { name: model.graph.name, producer: model.producerName, opsets: model.opsets });
}

type Origin = Pick<Graph, "name" | "producer" | "opsets">;

function assemble({ wiring, inference }: InferredGraph, origin: Origin): Graph {
  const { facts, bodies } = inference;
  const values = wiring.values.map(({ name, role, producer, consumers }, id): GraphValue => {
    return { name, role, producer, consumers, fact: facts[id] ?? UNKNOWN_FACT };
  });
  const nodes = inference.nodes.map((node, id) => graphNode(node, id, inference, origin));
  const { inputs, outputs } = wiring;
  const within = [...bodiesWithin(inference.nodes, bodies)];
  return {
    ...origin,
    values,
    nodes,
    inputs,
    outputs,
    adjacency: buildAdjacency(nodes, values),
    modelId: modelIdOf({ values, nodes, inputs, outputs }),
    totals: totalsOf(nodes, values, outputs, within.map(bodyWeights)),
    unsupported: unsupportedOf(inference.nodes, within),
  };
}

function graphNode(inferred: InferredNode, id: NodeId, inference: Inference, origin: Origin): GraphNode {
  const { node, opset, operator, attributes, folded, cost, inputs, outputs, captured } = inferred;
  return {
    id,
    name: node.name === "" ? `${node.opType}_${id}` : node.name,
    domain: node.domain,
    opType: node.opType,
    opset,
    kind: operator?.kind ?? null,
    inputs,
    outputs,
    captured,
    rawAttributes: node.attributes,
    attributes,
    folded,
    cost,
    parameters: folded ? 0 : parametersRead(inferred, inference),
    repeats: repeatOf(inferred, inference, origin),
  };
}

/** As deep as subgraphs are nested, which is limited. */
function repeatOf({ repeats, node }: InferredNode, { bodies }: Inference, origin: Origin): Repeat | null {
  if (repeats === null) return null;
  const { times, body } = repeats;
  const { wiring, inference } = spliceBranches(body.wiring, { nodes: body.nodes, facts: body.facts, bodies });
  const inputs = [...wiring.inputs, ...body.wiring.captured.values()];
  return { times, graph: assemble({ wiring: { ...wiring, inputs }, inference }, { ...origin, name: node.name }) };
}

/**
 * Elements of the weights that a node reads, each tensor once, also those that folded nodes have prepared; those that its
 * subgraphs take from around them or hold themselves included.
 */
function parametersRead(node: InferredNode, { facts, bodies }: Inference): number {
  const { inputs, captured } = node;
  let parameters = 0;
  if (captured.size > 0 || inputs.length > FEW_INPUTS) {
    for (const id of new Set([...inputs, ...captured.values()])) parameters += parametersAt(id, facts);
    return parameters + parametersWithin(node, bodies);
  }
  for (let at = 0; at < inputs.length; at += 1) {
    const id = inputs[at] ?? null;
    if (inputs.indexOf(id) === at) parameters += parametersAt(id, facts);
  }
  return parameters + parametersWithin(node, bodies);
}

/** So many are told apart sooner by looking than by making a set. */
const FEW_INPUTS = 8;

function parametersAt(id: ValueId | null, facts: readonly ValueFact[]): number {
  return id === null ? 0 : parametersOf(facts[id] ?? UNKNOWN_FACT);
}

function unsupportedOf(nodes: readonly InferredNode[], within: readonly Body[]): ReadonlyMap<string, number> {
  const counts = new Map(unknownOperators(nodes));
  for (const body of within) {
    for (const [name, count] of bodyUnknowns(body)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}
