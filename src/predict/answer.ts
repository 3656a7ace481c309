import type { DomainJudge } from "./domain.js";
import type { PredictedBytes, ProcessMemory } from "../model/process-memory.js";
import type { EmbeddedGraph, GraphLatencies } from "./graph-latencies.js";
import { widening } from "./interval.js";
import { coverageOf, layerLatencies } from "./layers.js";
import type { MemoryPrediction, Prediction, TargetInfo } from "./types.js";

/** Where an answer is given: the target and the kernels that it was trained on. */
export interface Answering {
  readonly info: TargetInfo;
  readonly domain: DomainJudge;
  readonly interval: { readonly coverage: number; readonly outOfDistributionFactor: number };
}

/** What is answered for: a graph, and what its target says of memory. */
export type Answered = Pick<EmbeddedGraph, "features"> & { readonly memory?: ProcessMemory | undefined };

/** What a state does to a latency and to its interval. */
export interface StateEffect {
  /** Half-width on log latency of networks of which all kernels are like those that trained, in this state. */
  readonly halfWidth: number;
  /** A further half-width that grows neither with unlike kernels nor with unknown ones; 0 by default. */
  readonly carriedHalfWidth?: number;
  /** What everything takes longer by than `latencies` say; 1 by default. */
  readonly factor?: number;
  /** What of `factor` may not hold at all: the interval reaches down to a latency without it; 1 by default. */
  readonly doubtedFactor?: number;
  readonly state: Prediction["state"];
}

/**
 * The answer that targets of all kinds give. The interval is wider where kernels are unlike those that trained, and by the
 * share of the network that cannot be predicted.
 */
export function answer({ info, domain, interval }: Answering, { features, memory }: Answered, latencies: GraphLatencies, effect: StateEffect): Prediction {
  const { totalUs, kernelUs, predicted, leaves } = latencies;
  const { halfWidth, carriedHalfWidth = 0, factor = 1, doubtedFactor = 1, state } = effect;
  const outOfDistribution = domain.judge(leaves.facts, leaves.us);
  const coverage = coverageOf(features.kernelGraph, predicted);
  const uncovered = 1 - Math.min(coverage.nodes, coverage.flops);
  const own = halfWidth * widening(outOfDistribution.score, interval.outOfDistributionFactor) + uncovered;
  const width = Math.hypot(own, carriedHalfWidth);
  const latencyMs = (totalUs * factor) / 1000;
  const { totals, modelId } = features.graph;
  return {
    latencyMs,
    interval: {
      lowMs: (latencyMs / doubtedFactor) * Math.exp(-width),
      highMs: latencyMs * Math.exp(width),
      coverage: interval.coverage,
    },
    layers: layerLatencies(features.kernelGraph, kernelUs.map((us) => us * factor)),
    coverage,
    outOfDistribution,
    state,
    memory: {
      peakActivationBytes: totals.peakActivationBytes,
      weightBytes: totals.weightBytes,
      ...(memory === undefined ? {} : { process: { peak: bytesOf(memory.peak, memory.coverage, uncovered), running: bytesOf(memory.running, memory.coverage, uncovered) } }),
    },
    modelId,
    target: info.target,
    predictor: `${info.predictor}@${info.version}`,
  };
}

/** What is not covered may need as much again, as with latency. */
function bytesOf({ bytes, halfWidth }: PredictedBytes, coverage: number, uncovered: number): MemoryPrediction {
  const width = halfWidth + uncovered;
  return { bytes: Math.round(bytes), interval: { lowBytes: Math.round(bytes * Math.exp(-width)), highBytes: Math.round(bytes * Math.exp(width)), coverage } };
}
