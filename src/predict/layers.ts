import { isCovered, isOfKernels } from "../features/predictable.js";
import type { Graph, GraphNode } from "../graph/types.js";
import type { KernelGraph } from "../graph/kernels/types.js";
import type { LayerLatency } from "./types.js";

/**
 * Latency by layer: a kernel's time is reported under its main node, a reorder's under the node that causes it. Nodes
 * that are folded away or fused into another are not listed; FLOPs and bytes are those of all the nodes of a layer.
 */
export function layerLatencies({ graph, kernels }: KernelGraph, kernelUs: Float32Array): LayerLatency[] {
  const us = new Map<number, number>();
  const members = new Map<number, number[]>();
  for (const kernel of kernels) {
    us.set(kernel.owner, (us.get(kernel.owner) ?? 0) + (kernelUs[kernel.id] ?? 0));
    members.set(kernel.owner, [...(members.get(kernel.owner) ?? []), ...kernel.nodes]);
  }
  return [...us]
    .sort(([a], [b]) => a - b)
    .map(([owner, time]) => {
      const costs = (members.get(owner) ?? []).map((id) => graph.nodes[id]?.cost ?? null);
      return {
        name: graph.nodes[owner]?.name ?? "",
        opType: graph.nodes[owner]?.opType ?? "",
        latencyMs: time / 1000,
        flops: costs.reduce((sum, cost) => sum + (cost?.flops ?? 0), 0),
        bytes: costs.reduce((sum, cost) => sum + (cost === null ? 0 : cost.bytesRead + cost.bytesWritten), 0),
      };
    });
}

export interface Coverage {
  readonly nodes: number;
  readonly flops: number;
  readonly unsupportedOps: readonly string[];
}

/**
 * Share of the running nodes that can be predicted, and the share of the known FLOPs that a kernel was predicted for; the
 * FLOPs of an unknown operator are not known, so it shows in the first and by its name. So do nodes that work on sequences
 * or run subgraphs nobody knows how often, of which no latency is known though their FLOPs may be.
 */
export function coverageOf({ graph, kernels }: KernelGraph, predicted: readonly boolean[]): Coverage {
  const running = graph.nodes.filter((node) => !node.folded);
  const known = running.filter((node) => isCovered(graph, node));
  const others = running.filter((node) => node.kind !== null && !isOfKernels(graph, node) && !isCovered(graph, node));
  const flops = running.reduce((sum, node) => sum + (node.cost?.flops ?? 0), 0);
  const covered = kernels.reduce((sum, kernel) => (predicted[kernel.id] === true ? sum + flopsOf(graph, kernel.nodes) : sum), 0);
  const nodes = running.length === 0 ? 1 : known.length / running.length;
  return {
    nodes,
    flops: flops === 0 ? (nodes > 0 ? 1 : 0) : Math.min(1, covered / flops),
    unsupportedOps: [...new Set([...graph.unsupported.keys(), ...others.map(nameOf)])],
  };
}

function nameOf({ domain, opType }: GraphNode): string {
  return `${domain}:${opType}`;
}

function flopsOf(graph: Graph, nodes: readonly number[]): number {
  return nodes.reduce((sum, id) => sum + (graph.nodes[id]?.cost?.flops ?? 0), 0);
}
