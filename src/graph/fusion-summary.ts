import { lowerToKernels } from "./kernels/lower.js";
import type { EngineName } from "./kernels/rules/engines.js";
import { PATTERNS, type PatternId } from "./kernels/rules/patterns.js";
import type { KernelGraph } from "./kernels/types.js";
import { summarize, type GraphSummary, type NodeSummary } from "./summary.js";
import type { Graph, GraphNode } from "./types.js";

/** What becomes of a node in an engine. */
export interface FusedNodeSummary extends NodeSummary {
  /**
   * The kernel that does its work, in the engine's terms (Conv+residual+Relu); null where none does: it was folded or
   * eliminated.
   */
  readonly kernel: string | null;
  /** The patterns that made this kernel of several nodes, in the order in which they were applied. */
  readonly patterns: readonly PatternId[];
  /** The pattern by which it vanishes without becoming part of a kernel. */
  readonly eliminatedBy: PatternId | null;
}

/** The JSON of `GET /models/{id}/graph` and of `tempograph inspect FILE --json`. */
export interface FusedGraphSummary extends Omit<GraphSummary, "nodes"> {
  readonly nodes: readonly FusedNodeSummary[];
  readonly engine: EngineName;
  /** Kernels that the engine runs, by kind, most frequent first; reorders between layouts among them. */
  readonly kernels: readonly { readonly kernel: string; readonly count: number }[];
  readonly kernelCount: number;
  /** Patterns that were applied, with how often and what they are. */
  readonly fusions: readonly { readonly pattern: PatternId; readonly count: number; readonly description: string }[];
}

/** ONNX Runtime's channel blocks in a summary, which has no machine: those of a processor with AVX2. */
const CHANNEL_BLOCK = 8;

/** A graph as plain JSON, with what an engine makes of each node. Linear in the edges. */
export function summarizeFused(graph: Graph, engine: EngineName): FusedGraphSummary {
  const lowered = lowerToKernels(graph, { engine, channelBlock: CHANNEL_BLOCK });
  const { nodes, ...rest } = summarize(graph, lowered.fusedInto);
  const fates = fatesOf(lowered);
  const kernels = lowered.kernels.map(({ op, activation, addsResidual }) => kernelName(op, addsResidual, activation));
  const applied = [...lowered.kernels.flatMap(({ patterns }) => patterns), ...lowered.eliminated.values()];
  return {
    ...rest,
    nodes: nodes.map((node, id) => ({ ...node, ...(fates[id] ?? UNTOUCHED) })),
    engine,
    kernels: counted(kernels).map(([kernel, count]) => ({ kernel, count })),
    kernelCount: kernels.length,
    fusions: counted(applied).map(([pattern, count]) => ({ pattern, count, description: PATTERNS[pattern] })),
  };
}

type Fate = Pick<FusedNodeSummary, "kernel" | "patterns" | "eliminatedBy">;

const UNTOUCHED: Fate = { kernel: null, patterns: [], eliminatedBy: null };

function fatesOf({ graph, kernels, eliminated }: KernelGraph): readonly Fate[] {
  const byNode = new Map<GraphNode["id"], Fate>();
  for (const { nodes, op, activation, addsResidual, patterns } of kernels) {
    const kernel = kernelName(op, addsResidual, activation);
    for (const node of nodes) byNode.set(node, { kernel, patterns, eliminatedBy: null });
  }
  return graph.nodes.map(({ id }) => byNode.get(id) ?? { ...UNTOUCHED, eliminatedBy: eliminated.get(id) ?? null });
}

function kernelName(op: string, addsResidual: boolean, activation: string | null): string {
  return [op, ...(addsResidual ? ["residual"] : []), ...(activation === null ? [] : [activation])].join("+");
}

/** How often each value occurs, most frequent first, then as they first occurred. */
function counted<T>(values: readonly T[]): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
