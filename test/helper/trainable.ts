import type { Graph, GraphNode } from "../../src/graph/types.js";

function isScalarConstant(graph: Graph, id: number | null): boolean {
  const value = graph.values[id ?? -1];
  return value?.role === "initializer" && value.fact.dtype === "float32" && value.fact.shape?.length === 0;
}

/**
 * Trainable parameters of the network before its export, as frameworks count them. A batch norm that was folded into a
 * convolution's bias of c elements had 2c, one that is a node of 4c had 2c, too; scalar constants (bounds of a Clip, the
 * 1/2 of a Gelu) had none. Convolutions on 1x1 maps are squeeze-and-excite's, which have a bias of their own.
 *
 * @param folds whether the biases of convolutions are folded batch norms
 */
export function trainableParameters(graph: Graph, folds: boolean): number {
  const biasOf = ({ inputs, outputs }: GraphNode): number => {
    const [bias, output] = [inputs[2], outputs[0]].map((id) => graph.values[id ?? -1]?.fact.shape);
    return bias === undefined || output?.[2] === 1 ? 0 : Number(bias?.[0]);
  };
  const sum = (opType: string, count: (node: GraphNode) => number): number =>
    graph.nodes.filter((node) => node.opType === opType).reduce((total, node) => total + count(node), 0);
  const scalars = graph.nodes.flatMap(({ inputs }) => inputs.filter((id) => isScalarConstant(graph, id))).length;
  const folded = folds ? sum("Conv", biasOf) : 0;
  return graph.totals.parameters + folded - sum("BatchNormalization", (node) => node.parameters / 2) - scalars;
}
