import type { Graph } from "../graph/types.js";

/** What the paper's regression knows of a convolution; square sizes are geometric means where sides differ. */
export interface ConvolutionKey {
  readonly node: number;
  readonly kernel: number;
  /** Side of the input plane in pixels. */
  readonly inputSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly groups: number;
}

/** Keys of all 2-D convolutions whose shapes are known, in topological order. */
export function convolutionKeys(graph: Graph): ConvolutionKey[] {
  const keys: ConvolutionKey[] = [];
  for (const node of graph.nodes) {
    if (node.opType !== "Conv" || node.domain !== "") continue;
    const input = shapeAt(graph, node.inputs[0]);
    const weight = shapeAt(graph, node.inputs[1]);
    if (input?.length !== 4 || weight?.length !== 4) continue;
    const [, inChannels = 0, height = 0, width = 0] = input;
    const [outChannels = 0, , kernelHeight = 1, kernelWidth = 1] = weight;
    const strides = node.rawAttributes.get("strides");
    const group = node.rawAttributes.get("group");
    keys.push({
      node: node.id,
      kernel: Math.sqrt(kernelHeight * kernelWidth),
      inputSize: Math.sqrt(height * width),
      inChannels,
      outChannels,
      stride: strides?.kind === "ints" ? strides.value.reduce((most, stride) => Math.max(most, stride), 1) : 1,
      groups: group?.kind === "int" ? group.value : 1,
    });
  }
  return keys;
}

function shapeAt(graph: Graph, value: number | null | undefined): readonly number[] | null {
  const shape = value === null || value === undefined ? null : (graph.values[value]?.fact.shape ?? null);
  return shape?.every((dim) => typeof dim === "number") === true ? shape : null;
}
