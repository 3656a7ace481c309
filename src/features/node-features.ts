import type { Graph } from "../graph/types.js";
import type { OperatorKind } from "../ops/operator.js";

/**
 * Node features as the research design states them, without knowledge of the engine: the operator, its FLOPs and its
 * memory access. The paper's predictor and the baselines use them; the shipped one uses kernel features.
 */
const KINDS: readonly OperatorKind[] = [
  "conv",
  "matmul",
  "pool",
  "activation",
  "elementwise",
  "normalization",
  "reduce",
  "softmax",
  "movement",
  "view",
  "constant",
  "control",
  "quantize",
  "recurrent",
  "other",
];

export const NODE_FEATURE_NAMES: readonly string[] = [
  ...KINDS.map((kind) => `kind:${kind}`),
  "logFlops",
  "logBytesRead",
  "logBytesWritten",
  "logParameters",
];

/** Feature matrix X, row-major [nodes x NODE_FEATURE_NAMES.length]. */
export function nodeFeatureMatrix(graph: Graph): Float32Array {
  const width = NODE_FEATURE_NAMES.length;
  const matrix = new Float32Array(graph.nodes.length * width);
  graph.nodes.forEach((node, row) => {
    const at = row * width;
    matrix[at + KINDS.indexOf(node.kind ?? "other")] = 1;
    matrix.set(
      [node.cost?.flops, node.cost?.bytesRead, node.cost?.bytesWritten, node.parameters].map((x) => Math.log1p(x ?? 0)),
      at + KINDS.length,
    );
  });
  return matrix;
}
