import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import type { EngineRules } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import type { LatencyPredictor } from "../model/predictor.js";
import { type DomainRanges, judgeDomain } from "./domain.js";
import type { CarriedSlowdown } from "./carried-slowdown.js";
import { frequencyEffect } from "./frequency.js";
import { embedGraph, type EmbeddedGraph, graphLatencies } from "./graph-latencies.js";
import { coverageOf, layerLatencies } from "./layers.js";
import type { EmbeddedModel, Prediction, TargetInfo, TargetPredictor } from "./types.js";

/** What a configuration of a factors model needs to answer. */
export interface FactorsTargetParts {
  readonly info: TargetInfo;
  /** Of the idle device. */
  readonly predictor: LatencyPredictor;
  readonly rules: EngineRules;
  /** Frequency of its cores when it was measured; null where it has none or several. */
  readonly maxMHz: number | null;
  /** Slowdown of a machine that was measured under load; null where no load of the processor matters. */
  readonly carried: CarriedSlowdown | null;
  readonly domain: DomainRanges;
  readonly interval: { readonly coverage: number; readonly halfWidth: number; readonly outOfDistributionFactor: number };
  /** Graphs that targets with the same rules have embedded. */
  readonly embedded: WeakMap<Graph, EmbeddedGraph>;
}

interface Embedded extends EmbeddedModel {
  readonly graph: EmbeddedGraph;
}

/** A configuration that was measured idle: what load does to it is carried over, and the answer says so. */
export class FactorsTarget implements TargetPredictor {
  private readonly made = new WeakSet<EmbeddedModel>();

  constructor(private readonly parts: FactorsTargetParts) {}

  get info(): TargetInfo {
    return this.parts.info;
  }

  embed(graph: Graph): EmbeddedModel {
    const { embedded, rules, predictor } = this.parts;
    const known = embedded.get(graph) ?? embedGraph(graph, rules, predictor);
    embedded.set(graph, known);
    const model: Embedded = { modelId: graph.modelId, target: this.info.target, graph: known };
    this.made.add(model);
    return model;
  }

  /** @throws TypeError for an embedding of another target. */
  predict(model: EmbeddedModel, state: HardwareState): Prediction {
    if (!this.made.has(model)) throw new TypeError(`The model was embedded for ${model.target}, not by this predictor.`);
    const { graph } = model as Embedded;
    const { features } = graph;
    const { predictor, interval, domain, info, maxMHz, carried } = this.parts;
    const { totalUs, kernelUs, predicted, leaves } = graphLatencies(graph, {}, predictor);
    const judgement = judgeDomain(domain, leaves.facts, leaves.us);
    const coverage = coverageOf(features.kernelGraph, predicted);
    const uncovered = 1 - Math.min(coverage.nodes, coverage.flops);
    const frequency = frequencyEffect(state, maxMHz);
    const load = carried?.effect(state) ?? null;
    const idle = interval.halfWidth * (judgement.flag ? interval.outOfDistributionFactor : 1) + uncovered;
    const halfWidth = Math.hypot(idle, load?.halfWidth ?? 0);
    const used = [...(frequency.used ? ["frequencyMHz"] : []), ...(load?.used ?? [])];
    const factor = frequency.factor * (load?.factor ?? 1);
    const latencyMs = (totalUs * factor) / 1000;
    const { totals, modelId } = features.graph;
    return {
      latencyMs,
      interval: {
        // A slower clock may cost nothing at all.
        lowMs: (latencyMs / frequency.factor) * Math.exp(-halfWidth),
        highMs: latencyMs * Math.exp(halfWidth),
        coverage: interval.coverage,
      },
      layers: layerLatencies(features.kernelGraph, kernelUs.map((us) => us * factor)),
      coverage,
      outOfDistribution: judgement,
      state: {
        used: state,
        imputed: [],
        ignored: givenFields(state).filter((name) => !used.includes(name)),
        stateEffect: used.length > 0 ? "transferred" : "none",
      },
      memory: { peakActivationBytes: totals.peakActivationBytes, weightBytes: totals.weightBytes },
      modelId,
      target: info.target,
      predictor: `${info.predictor}@${info.version}`,
    };
  }
}

function givenFields(state: HardwareState): string[] {
  const { mask } = stateVector(state);
  return STATE_FEATURE_NAMES.filter((_, i) => mask[i] === 1);
}
