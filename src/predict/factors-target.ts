import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import type { EngineRules } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import type { LatencyPredictor } from "../model/predictor.js";
import { answer } from "./answer.js";
import type { CarriedSlowdown } from "./carried-slowdown.js";
import type { DomainJudge } from "./domain.js";
import { frequencyEffect } from "./frequency.js";
import { embedGraph, type EmbeddedGraph, graphLatencies } from "./graph-latencies.js";
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
  readonly domain: DomainJudge;
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
    const { predictor, interval, maxMHz, carried } = this.parts;
    const frequency = frequencyEffect(state, maxMHz);
    const load = carried?.effect(state) ?? null;
    const used = [...(frequency.used ? ["frequencyMHz"] : []), ...(load?.used ?? [])];
    return answer(this.parts, graph, graphLatencies(graph, {}, predictor), {
      halfWidth: interval.halfWidth,
      carriedHalfWidth: load?.halfWidth ?? 0,
      factor: frequency.factor * (load?.factor ?? 1),
      // A slower clock may cost nothing at all.
      doubtedFactor: frequency.factor,
      state: {
        used: state,
        imputed: [],
        ignored: givenFields(state).filter((name) => !used.includes(name)),
        stateEffect: used.length > 0 ? "transferred" : "none",
      },
    });
  }
}

function givenFields(state: HardwareState): string[] {
  const { mask } = stateVector(state);
  return STATE_FEATURE_NAMES.filter((_, i) => mask[i] === 1);
}
