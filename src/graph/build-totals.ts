import type { DataType } from "../onnx/dtype.js";
import type { ValueFact } from "../ops/operator.js";
import { checkedAdd } from "../shapes/dims.js";
import { bytesOfTensor, numElements } from "../shapes/elements.js";
import { peakActivationBytes } from "./peak-memory.js";
import type { GraphNode, GraphTotals, GraphValue, NodeId, ValueId } from "./types.js";

/** Types of shapes, indices and masks; every other constant is a weight (int32 is that of quantized biases). */
const NO_WEIGHTS: ReadonlySet<DataType | null> = new Set<DataType>(["int64", "bool", "string"]);

/** Elements of a constant tensor if it is a weight, else 0. */
export function parametersOf(fact: ValueFact): number {
  return fact.constant && !NO_WEIGHTS.has(fact.dtype) ? (numElements(fact.shape) ?? 0) : 0;
}

/** Weights that the file stores. */
export interface StoredWeights {
  readonly parameters: number;
  readonly bytes: number;
}

/**
 * The weights among tensors: initializers and Constants that something reads.
 * @throws ModelError("limit-exceeded") where a sum passes the safe integers.
 */
export function storedWeights(
  values: readonly Pick<GraphValue, "role" | "producer" | "consumers" | "fact">[],
  isConstantNode: (producer: NodeId) => boolean,
): StoredWeights {
  let parameters = 0;
  let bytes = 0;
  for (const { role, producer, consumers, fact } of values) {
    const isStored = role === "initializer" || (producer !== null && isConstantNode(producer));
    if (consumers.length === 0 || !isStored) continue;
    parameters = checkedAdd(parameters, parametersOf(fact));
    bytes = checkedAdd(bytes, bytesOfTensor(fact) ?? 0);
  }
  return { parameters, bytes };
}

/**
 * Sums over the graph. Weights are the initializers and Constants that something reads, each counted once, as the file
 * stores them; their bytes include shapes and indices, their parameters don't. Nodes of unknown cost add nothing.
 *
 * @param ofSubgraphs weights that the subgraphs of nodes hold
 * @throws ModelError("limit-exceeded") where a sum passes the safe integers.
 */
export function totalsOf(
  nodes: readonly GraphNode[],
  values: readonly GraphValue[],
  outputs: readonly ValueId[],
  ofSubgraphs: readonly StoredWeights[] = [],
): GraphTotals {
  let flops = 0;
  let macs = 0;
  let bytesRead = 0;
  let bytesWritten = 0;
  for (const { cost } of nodes) {
    if (cost === null) continue;
    flops = checkedAdd(flops, cost.flops);
    macs = checkedAdd(macs, cost.macs);
    bytesRead = checkedAdd(bytesRead, cost.bytesRead);
    bytesWritten = checkedAdd(bytesWritten, cost.bytesWritten);
  }
  const stored = [storedWeights(values, (producer) => nodes[producer]?.opType === "Constant"), ...ofSubgraphs];
  return {
    flops,
    macs,
    bytesRead,
    bytesWritten,
    parameters: stored.map((weights) => weights.parameters).reduce(checkedAdd, 0),
    weightBytes: stored.map((weights) => weights.bytes).reduce(checkedAdd, 0),
    peakActivationBytes: peakActivationBytes(nodes, values, outputs),
    convolutions: countOf(nodes, (node) => node.kind === "conv" && !node.folded),
    fullyConnected: countOf(nodes, (node) => isFullyConnected(node, values)),
    batchNorms: countOf(nodes, (node) => node.opType === "BatchNormalization" && !node.folded),
  };
}

function countOf(nodes: readonly GraphNode[], counts: (node: GraphNode) => boolean): number {
  let count = 0;
  for (const node of nodes) if (counts(node)) count += 1;
  return count;
}

/** A matrix product with weights, unlike one of two activations as in attention. */
function isFullyConnected({ kind, folded, inputs }: GraphNode, values: readonly GraphValue[]): boolean {
  if (kind !== "matmul" || folded) return false;
  return inputs.some((id) => id !== null && values[id]?.fact.constant === true);
}
