import type { KernelFacts } from "../features/kernel-facts.js";
import { modelFeatures, type ModelFeatures } from "../features/model-features.js";
import { isCovered } from "../features/predictable.js";
import type { HardwareState } from "../features/state.js";
import type { EngineRules } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import type { LatencyPredictor } from "../model/predictor.js";

/** A graph prepared for a predictor, and those that its nodes run again and again. */
export interface EmbeddedGraph {
  readonly features: ModelFeatures;
  readonly embedding: unknown;
  readonly within: readonly EmbeddedRepeat[];
}

interface EmbeddedRepeat {
  /** The kernel that stands for the node in the graph around. */
  readonly kernel: number;
  readonly times: number;
  readonly graph: EmbeddedGraph;
}

/** As deep as subgraphs are nested, which is limited. */
export function embedGraph(graph: Graph, rules: EngineRules, predictor: LatencyPredictor): EmbeddedGraph {
  const features = modelFeatures(graph, rules);
  const within = features.kernelGraph.kernels.flatMap(({ id, nodes: [main = -1] }): EmbeddedRepeat[] => {
    const node = graph.nodes[main];
    if (node === undefined || node.repeats === null || !isCovered(graph, node)) return [];
    return [{ kernel: id, times: node.repeats.times, graph: embedGraph(node.repeats.graph, rules, predictor) }];
  });
  return { features, embedding: predictor.embed(features), within };
}

export interface GraphLatencies {
  readonly totalUs: number;
  /** One per kernel of the graph; one that runs a graph takes as long as that graph's kernels, as often as they run. */
  readonly kernelUs: Float32Array;
  /** Whether a latency is predicted, by kernel. */
  readonly predicted: readonly boolean[];
  /** All kernels, those within graphs in the place of the ones that run them; and how long each takes in all its runs. */
  readonly leaves: { readonly facts: readonly KernelFacts[]; readonly us: Float32Array };
}

/** What starting an iteration costs is not counted: well under a microsecond, and nothing that was trained on. */
export function graphLatencies(graph: EmbeddedGraph, state: HardwareState, predictor: LatencyPredictor): GraphLatencies {
  const { totalUs, kernelUs } = predictor.predict(graph.embedding, state);
  const { facts } = graph.features;
  // The same list of facts in every state: what is told from it alone is told once.
  if (graph.within.length === 0) return { totalUs, kernelUs, predicted: facts.map(({ known }) => known), leaves: { facts, us: kernelUs } };
  const leaves: Leaves = { facts: [], us: [] };
  const own = kernelUs.slice();
  let withinUs = 0;
  for (const [kernel, us] of repeatsOf(graph, state, predictor, 1, leaves)) {
    own[kernel] = us;
    withinUs += us;
  }
  const repeating = new Set(graph.within.map(({ kernel }) => kernel));
  addLeaves(graph, kernelUs, 1, leaves);
  return {
    totalUs: totalUs + withinUs,
    kernelUs: own,
    predicted: facts.map(({ known }, kernel) => known || repeating.has(kernel)),
    leaves: { facts: leaves.facts, us: Float32Array.from(leaves.us) },
  };
}

interface Leaves {
  readonly facts: KernelFacts[];
  readonly us: number[];
}

/** By kernel of the graph, what the graphs within it take in all their runs. */
function repeatsOf(
  { within }: EmbeddedGraph,
  state: HardwareState,
  predictor: LatencyPredictor,
  runs: number,
  leaves: Leaves,
): ReadonlyMap<number, number> {
  const us = new Map<number, number>();
  for (const { kernel, times, graph } of within) {
    const { kernelUs } = predictor.predict(graph.embedding, state);
    const inner = repeatsOf(graph, state, predictor, runs * times, leaves);
    const once = [...inner.values()].reduce(sum, kernelUs.reduce(sum, 0));
    us.set(kernel, once * times);
    addLeaves(graph, kernelUs, runs * times, leaves);
  }
  return us;
}

function addLeaves({ features, within }: EmbeddedGraph, kernelUs: Float32Array, runs: number, leaves: Leaves): void {
  const repeating = new Set(within.map(({ kernel }) => kernel));
  for (const [kernel, facts] of features.facts.entries()) {
    if (repeating.has(kernel)) continue;
    leaves.facts.push(facts);
    leaves.us.push((kernelUs[kernel] ?? 0) * runs);
  }
}

function sum(a: number, b: number): number {
  return a + b;
}
