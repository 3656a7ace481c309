import type { KernelGraph } from "../../src/graph/kernels/types.js";

/** Breaches of what every lowering must hold, in words. */
export function loweringBreaches({ graph, kernels, adjacency, eliminated }: KernelGraph): string[] {
  const found: string[] = [];
  const provided = new Set(graph.inputs.map((value) => `${value} plain`));
  for (const { id, op, inputs, outputs, layout } of kernels) {
    for (const input of inputs) {
      if (!provided.has(`${input.value} ${input.layout}`)) found.push(`kernel ${id} (${op}) reads what is not there`);
    }
    for (const output of outputs) {
      if (provided.has(`${output} ${layout}`)) found.push(`kernel ${id} (${op}) repeats a value`);
      provided.add(`${output} ${layout}`);
    }
    const readers = [...adjacency.columns.subarray(adjacency.rowOffsets[id], adjacency.rowOffsets[id + 1])];
    if (readers.some((reader) => reader <= id)) found.push(`kernel ${id} (${op}) comes after its reader`);
  }
  for (const output of graph.outputs) {
    if (graph.values[output]?.fact.constant !== true && !provided.has(`${output} plain`)) found.push(`output ${graph.values[output]?.name ?? ""} is not plain`);
  }
  const owners = new Map<number, number>();
  for (const { id, nodes } of kernels) {
    for (const node of nodes) {
      if (owners.has(node)) found.push(`node ${node} is computed twice`);
      owners.set(node, id);
    }
  }
  for (const { id, opType, folded } of graph.nodes) {
    const runs = !folded && !eliminated.has(id);
    if (runs && !owners.has(id)) found.push(`node ${id} (${opType}) is not computed`);
    if (eliminated.has(id) && owners.has(id)) found.push(`node ${id} (${opType}) is eliminated and computed`);
  }
  return found;
}
