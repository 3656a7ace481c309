import { lowerToKernels, type EngineRules } from "../graph/kernels/lower.js";
import type { KernelGraph } from "../graph/kernels/types.js";
import type { Graph } from "../graph/types.js";
import { type KernelFacts, kernelFacts } from "./kernel-facts.js";
import { kernelFeatureMatrix } from "./kernel-features.js";

/** Everything that a predictor computes from a graph before it knows the state. */
export interface ModelFeatures {
  readonly graph: Graph;
  readonly kernelGraph: KernelGraph;
  /** One per kernel. */
  readonly facts: readonly KernelFacts[];
  /** X, row-major [kernels x KERNEL_FEATURE_NAMES.length]. */
  readonly kernelMatrix: Float32Array;
}

export function modelFeatures(graph: Graph, rules: EngineRules): ModelFeatures {
  const kernelGraph = lowerToKernels(graph, rules);
  const facts = kernelFacts(kernelGraph, rules.channelBlock);
  return { graph, kernelGraph, facts, kernelMatrix: kernelFeatureMatrix(facts) };
}
