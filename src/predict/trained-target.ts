import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import type { EngineRules } from "../graph/kernels/lower.js";
import type { Graph } from "../graph/types.js";
import type { LatencyPredictor } from "../model/predictor.js";
import { processMemory, type ProcessMemory, type ProcessMemoryModel } from "../model/process-memory.js";
import type { StateDistribution } from "../model/state-distribution.js";
import { answer } from "./answer.js";
import { type ClassTimes, classTimes } from "./calibration/class-times.js";
import type { DomainJudge } from "./domain.js";
import { embedGraph, type EmbeddedGraph, graphLatencies } from "./graph-latencies.js";
import { halfWidthOf, type IntervalCalibration } from "./interval.js";
import type { EmbeddedModel, Prediction, TargetInfo, TargetPredictor } from "./types.js";

/** What a target needs beside its network. */
export interface TargetParts {
  readonly info: TargetInfo;
  readonly predictor: LatencyPredictor;
  readonly rules: EngineRules;
  readonly interval: IntervalCalibration;
  readonly domain: DomainJudge;
  readonly states: StateDistribution;
  /** Absent where no memory was measured on such a device with its engine. */
  readonly memory?: ProcessMemoryModel | undefined;
  /** Whether the effect of a state was measured on this target (the default) or is carried over from another. */
  readonly stateEffect?: "measured" | "transferred";
}

interface Embedded extends EmbeddedModel {
  readonly graph: EmbeddedGraph;
  readonly memory: ProcessMemory | undefined;
}

/** A predictor as it is served: network, engine rules, calibration and domain of one target. */
export class TrainedTarget implements TargetPredictor {
  /** Embeddings that this target made; anything else handed in is a programming error. */
  private readonly made = new WeakSet<EmbeddedModel>();

  constructor(readonly parts: TargetParts) {}

  get info(): TargetInfo {
    return this.parts.info;
  }

  embed(graph: Graph): EmbeddedModel {
    const { rules, predictor, memory } = this.parts;
    const embeddedGraph = embedGraph(graph, rules, predictor);
    const embedded: Embedded = {
      modelId: graph.modelId,
      target: this.info.target,
      graph: embeddedGraph,
      memory: memory === undefined ? undefined : processMemory(memory, embeddedGraph.features),
    };
    this.made.add(embedded);
    return embedded;
  }

  /** Where a model's time goes, by class of kernel. @throws TypeError for an embedding of another target. */
  classTimes(model: EmbeddedModel, state: HardwareState): ClassTimes {
    return classTimes(graphLatencies(this.own(model).graph, state, this.parts.predictor));
  }

  /** @throws TypeError for an embedding of another target. */
  predict(model: EmbeddedModel, state: HardwareState): Prediction {
    const { graph, memory } = this.own(model);
    const { predictor, interval } = this.parts;
    return answer(this.parts, { features: graph.features, memory }, graphLatencies(graph, state, predictor), {
      halfWidth: halfWidthOf(interval, state),
      state: this.stateOf(state),
    });
  }

  private own(model: EmbeddedModel): Embedded {
    if (!this.made.has(model)) throw new TypeError(`The model was embedded for ${model.target}, not by this predictor.`);
    return model as Embedded;
  }

  /** Which fields had an effect, which were filled in, and which this target cannot use. */
  private stateOf(state: HardwareState): Prediction["state"] {
    const { mask } = stateVector(state);
    const { states: { varied }, stateEffect = "measured" } = this.parts;
    const names = (keep: (index: number) => boolean): string[] => STATE_FEATURE_NAMES.filter((_, i) => keep(i));
    return {
      used: state,
      imputed: names((i) => varied[i] === true && mask[i] !== 1),
      ignored: names((i) => varied[i] !== true && mask[i] === 1),
      stateEffect: names((i) => varied[i] === true && mask[i] === 1).length > 0 ? stateEffect : "none",
    };
  }
}
