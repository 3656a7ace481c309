import type { Lists } from "./lists.js";

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
export function topologicalOrder(predecessors: Lists): Ordering {
  const size = predecessors.offsets.length - 1;
  if (isSorted(predecessors)) return { order: Array.from({ length: size }, (_, node) => node) };
  const { offsets, items: successors } = successorsOf(predecessors);
  const waiting = new Uint32Array(size);
  for (let node = 0; node < size; node++) {
    waiting[node] = (predecessors.offsets[node + 1] ?? 0) - (predecessors.offsets[node] ?? 0);
  }
  const order = [...waiting.keys()].filter((node) => waiting[node] === 0);
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
  return order.length === size ? { order } : { cycleThrough: nodeOnCycle(predecessors, waiting) };
}

function isSorted({ offsets, items }: Lists): boolean {
  for (let node = 0; node + 1 < offsets.length; node++) {
    const end = offsets[node + 1] ?? 0;
    for (let at = offsets[node] ?? 0; at < end; at++) if ((items[at] ?? 0) >= node) return false;
  }
  return true;
}

function successorsOf(predecessors: Lists): Lists {
  const size = predecessors.offsets.length - 1;
  const offsets = new Uint32Array(size + 1);
  for (const node of predecessors.items) offsets[node + 1] = (offsets[node + 1] ?? 0) + 1;
  for (let node = 0; node < size; node++) offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  const items = new Uint32Array(predecessors.items.length);
  const next = offsets.slice();
  for (let node = 0; node < size; node++) {
    const end = predecessors.offsets[node + 1] ?? 0;
    for (let from = predecessors.offsets[node] ?? 0; from < end; from++) {
      const other = predecessors.items[from] ?? 0;
      const at = next[other] ?? 0;
      items[at] = node;
      next[other] = at + 1;
    }
  }
  return { offsets, items };
}

/** Walks back from a node that never became ready, always to another such one, until one repeats. */
function nodeOnCycle({ offsets, items }: Lists, waiting: Uint32Array): number {
  let node = waiting.findIndex((left) => left > 0);
  const seen = new Set<number>();
  while (!seen.has(node)) {
    seen.add(node);
    const before = items.subarray(offsets[node], offsets[node + 1]);
    node = before.find((other) => (waiting[other] ?? 0) > 0) ?? node;
  }
  return node;
}
