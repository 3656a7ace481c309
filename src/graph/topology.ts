export type Ordering =
  | { readonly order: readonly number[] }
  /** A node on a cycle: no order exists. */
  | { readonly cycleThrough: number };

/**
 * An order in which every node comes after all of its predecessors (Kahn's algorithm, without recursion). An order that
 * holds already is kept as it is; otherwise nodes come as they become ready, first those that stand first.
 *
 * @param predecessors for each node the nodes that it depends on; one may be named more than once.
 */
export function topologicalOrder(predecessors: readonly (readonly number[])[]): Ordering {
  if (predecessors.every((before, node) => before.every((other) => other < node))) {
    return { order: [...predecessors.keys()] };
  }
  const { offsets, successors } = successorsOf(predecessors);
  const waiting = Uint32Array.from(predecessors, (before) => before.length);
  const order = [...predecessors.keys()].filter((node) => waiting[node] === 0);
  // The list grows while it is walked: it is its own queue.
  for (const node of order) {
    const end = offsets[node + 1] ?? 0;
    for (let at = offsets[node] ?? 0; at < end; at++) {
      const successor = successors[at] ?? 0;
      const left = (waiting[successor] ?? 0) - 1;
      waiting[successor] = left;
      if (left === 0) order.push(successor);
    }
  }
  return order.length === predecessors.length ? { order } : { cycleThrough: nodeOnCycle(predecessors, waiting) };
}

/** The successors of node i are successors[offsets[i] .. offsets[i + 1]). */
function successorsOf(predecessors: readonly (readonly number[])[]): { offsets: Uint32Array; successors: Uint32Array } {
  const offsets = new Uint32Array(predecessors.length + 1);
  for (const before of predecessors) {
    for (const node of before) offsets[node + 1] = (offsets[node + 1] ?? 0) + 1;
  }
  for (let node = 0; node < predecessors.length; node++) {
    offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  }
  const successors = new Uint32Array(offsets[predecessors.length] ?? 0);
  const next = offsets.slice();
  for (const [node, before] of predecessors.entries()) {
    for (const other of before) {
      const at = next[other] ?? 0;
      successors[at] = node;
      next[other] = at + 1;
    }
  }
  return { offsets, successors };
}

/** Walks back from a node that never became ready, always to another such one, until one repeats. */
function nodeOnCycle(predecessors: readonly (readonly number[])[], waiting: Uint32Array): number {
  let node = waiting.findIndex((left) => left > 0);
  const seen = new Set<number>();
  while (!seen.has(node)) {
    seen.add(node);
    node = predecessors[node]?.find((other) => (waiting[other] ?? 0) > 0) ?? node;
  }
  return node;
}
