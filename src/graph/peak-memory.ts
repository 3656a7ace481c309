import { bytesOfFact } from "../ops/facts.js";
import { checkedAdd } from "../shapes/dims.js";
import type { GraphNode, GraphValue, ValueId } from "./types.js";

/**
 * The most bytes of activations alive at once, over the nodes in their order. A tensor lives from its producer, a graph
 * input from the start, until its last reader has run, a graph output until the end; a node's inputs and outputs live
 * side by side while it runs. A view is its input under another shape and takes no room; constants are no activations;
 * a tensor of unknown size counts 0.
 */
export function peakActivationBytes(
  nodes: readonly GraphNode[],
  values: readonly GraphValue[],
  outputs: readonly ValueId[],
): number {
  const roots = rootsOf(nodes, values);
  const death = deaths(values, outputs, roots, nodes.length);
  // freed[i]: bytes whose last reader is node i.
  const born = new Float64Array(nodes.length);
  const freed = new Float64Array(nodes.length);
  let live = 0;
  let unread = 0;
  for (let id = 0; id < values.length; id++) {
    const value = values[id];
    if (value === undefined || roots[id] !== id || value.fact.constant) continue;
    const bytes = bytesOfFact(value.fact) ?? 0;
    const last = death[id] ?? -1;
    if (value.producer !== null) born[value.producer] = checkedAdd(born[value.producer] ?? 0, bytes);
    else if (last < 0) unread = checkedAdd(unread, bytes);
    else live = checkedAdd(live, bytes);
    if (last >= 0 && last < nodes.length) freed[last] = (freed[last] ?? 0) + bytes;
  }
  let peak = checkedAdd(live, unread);
  for (let node = 0; node < nodes.length; node++) {
    live = checkedAdd(live, born[node] ?? 0);
    peak = Math.max(peak, live);
    live -= freed[node] ?? 0;
  }
  return peak;
}

/** For each tensor the one whose memory it lies in: itself, or what a chain of views starts from. */
function rootsOf(nodes: readonly GraphNode[], values: readonly GraphValue[]): Uint32Array {
  const roots = new Uint32Array(values.length);
  for (let id = 0; id < values.length; id++) roots[id] = id;
  for (const node of nodes) {
    if (node.kind !== "view") continue;
    const [source] = node.inputs;
    const [view] = node.outputs;
    if (typeof source !== "number" || typeof view !== "number") continue;
    // A constant that is looked at is no activation, nor is the view of it.
    roots[view] = roots[source] ?? source;
  }
  return roots;
}

/** For each root the last node that reads it or a view of it: its producer where none does, the end for an output. */
function deaths(
  values: readonly GraphValue[],
  outputs: readonly ValueId[],
  roots: Uint32Array,
  end: number,
): Int32Array {
  const death = new Int32Array(values.length).fill(-1);
  for (let id = 0; id < values.length; id++) {
    const value = values[id];
    const root = roots[id] ?? id;
    const last = value?.consumers.at(-1) ?? value?.producer ?? -1;
    death[root] = Math.max(death[root] ?? -1, last);
  }
  for (const id of outputs) death[roots[id] ?? id] = end;
  return death;
}
