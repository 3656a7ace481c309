import type { ValueId } from "../types.js";
import type { Draft } from "./draft.js";
import type { DraftGraph } from "./draft-graph.js";
import type { Match } from "./match.js";
import type { Condition } from "./rules/rule.js";

/** Whether a condition of a rule holds where its pattern was found; what is unknown does not hold. */
export function holds(graph: DraftGraph, condition: Condition, { nodes, values }: Match): boolean {
  if ("noActivation" in condition) return nodes.get(condition.noActivation)?.activation === null;
  if ("runtimeInputs" in condition) return nodes.get(condition.runtimeInputs)?.inputs.length === condition.count;
  if ("constants" in condition) return nodes.get(condition.constants)?.weights.length === condition.count;
  if ("perChannel" in condition) {
    return isPerChannel(graph, values.get(condition.perChannel), values.get(condition.of), condition.scalars);
  }
  if ("rank" in condition) return hasRank(graph, values.get(condition.rank), condition.is);
  if ("sameShape" in condition) {
    const [a, b] = condition.sameShape;
    return graph.sameShape(values.get(a), values.get(b));
  }
  if ("keepsShape" in condition) {
    const draft = nodes.get(condition.keepsShape);
    return graph.sameShape(draft?.inputs[0], draft?.outputs[0]);
  }
  if ("keepsShapeFrom" in condition) {
    return graph.sameShape(nodes.get(condition.keepsShapeFrom)?.inputs[0], nodes.get(condition.to)?.outputs[0]);
  }
  if ("keepsOrder" in condition) return keepsOrder(graph, nodes.get(condition.keepsOrder));
  if ("readsOneTensor" in condition) return nodes.get(condition.readsOneTensor)?.operands?.length === 1;
  if ("overLastAxis" in condition) return isOverLastAxis(graph, nodes.get(condition.overLastAxis));
  if ("isModelOutput" in condition) {
    const output = values.get(condition.isModelOutput);
    return output !== undefined && graph.isModelOutput(output) !== (condition.not === true);
  }
  if ("layout" in condition) return nodes.get(condition.layout)?.layout === condition.is;
  if ("addsResidual" in condition) return nodes.get(condition.addsResidual)?.addsResidual === condition.is;
  if ("padsZeros" in condition) return padsZeros(graph, nodes.get(condition.padsZeros));
  if ("madeBy" in condition) return graph.producerOf(values.get(condition.madeBy))?.op !== condition.op;
  if ("flattens" in condition) return nodes.get(condition.flattens)?.calls?.[0] === "Reshape";
  if ("inAttention" in condition) return !isInAttention(graph, nodes.get(condition.inAttention));
  return keepsType(graph, nodes.get(condition.keepsType));
}

/** True for a constant that scales or shifts whole channels of an NCHW tensor. */
function isPerChannel(graph: DraftGraph, constant: ValueId | undefined, of: ValueId | undefined, scalars: boolean): boolean {
  const shape = graph.shapeOf(constant);
  const channels = graph.shapeOf(of)[1];
  const elements = shape.reduce<number>((product, dim) => (typeof dim === "number" ? product * dim : NaN), 1);
  if (elements === 1) return scalars;
  const spatial = graph.shapeOf(of).length - 2;
  return elements === channels && shape.length > spatial && shape[shape.length - spatial - 1] === channels;
}

function hasRank(graph: DraftGraph, value: ValueId | undefined, is: number | readonly number[]): boolean {
  const shape = value === undefined ? null : (graph.graph.values[value]?.fact.shape ?? null);
  return shape !== null && (typeof is === "number" ? shape.length === is : is.includes(shape.length));
}

function keepsOrder(graph: DraftGraph, draft: Draft | undefined): boolean {
  const perm = draft === undefined ? undefined : graph.nodeOf(draft)?.rawAttributes.get("perm");
  return perm?.kind === "ints" && perm.value.every((axis, i) => axis === i);
}

function isOverLastAxis(graph: DraftGraph, draft: Draft | undefined): boolean {
  const node = draft === undefined ? undefined : graph.nodeOf(draft);
  const attribute = node?.rawAttributes.get("axes");
  // An input since opset 13 (ReduceSum) or 18.
  const stated = attribute?.kind === "ints" ? attribute.value : graph.graph.values[node?.inputs[1] ?? -1]?.fact.value;
  const rank = graph.shapeOf(node?.inputs[0] ?? undefined).length;
  return stated?.length === 1 && rank > 0 && (stated[0] === -1 || stated[0] === rank - 1);
}

/** The fill is an input since opset 11, an attribute before; the mode is constant unless stated. */
function padsZeros(graph: DraftGraph, pad: Draft | undefined): boolean {
  const node = pad === undefined ? undefined : graph.nodeOf(pad);
  const mode = node?.rawAttributes.get("mode");
  if (mode?.kind === "string" && mode.value !== "constant") return false;
  const fill = node?.inputs[2];
  const attribute = node?.rawAttributes.get("value");
  const stated = attribute?.kind === "float" ? attribute.value : 0;
  return (fill === null || fill === undefined ? stated : graph.graph.values[fill]?.fact.value?.[0]) === 0;
}

/** Products that attention reads, and an addition around it: what ONNX Runtime leaves alone until it has looked for attention. */
function isInAttention(graph: DraftGraph, product: Draft | undefined): boolean {
  const [input] = product?.inputs ?? [];
  const [output] = product?.outputs ?? [];
  if (input === undefined || output === undefined) return false;
  const reader = graph.firstReader(output);
  return isSplitNorm(graph, input) || (reader?.op === "Add" && reader.inputs.some((value) => isSplitNorm(graph, value)));
}

/** A norm that three products and one addition read. */
function isSplitNorm(graph: DraftGraph, value: ValueId): boolean {
  if (graph.producerOf(value)?.op !== "LayerNormalization" || graph.useCount(value) !== 4) return false;
  const readers = graph.readersOf(value).map(({ op }) => op);
  const products = readers.filter((op) => op === "Gemm" || op === "MatMul");
  return products.length === 3 && readers.includes("Add");
}

function keepsType(graph: DraftGraph, draft: Draft | undefined): boolean {
  const [from, to] = [draft?.inputs[0], draft?.outputs[0]].map((value) => graph.graph.values[value ?? -1]?.fact.dtype ?? null);
  return from !== null && from === to;
}
