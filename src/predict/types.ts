import type { HardwareState } from "../features/state.js";
import type { Graph } from "../graph/types.js";

/** `device.engine.precision.cores`, for instance `epyc-avx512.onnxruntime.float32.1core`. */
export type TargetId = string;

/** Accuracy of a target's predictor on held-out data, as its manifest states it. */
export interface TargetMetrics {
  readonly split: string;
  readonly within5Percent: number;
  readonly within10Percent: number;
  readonly mapePercent: number;
  readonly rmspePercent: number;
  readonly rows: number;
}

/** How a target was made of another one from a few measured networks. */
export interface CalibrationInfo {
  readonly base: TargetId;
  readonly networks: number;
  readonly measurements: number;
  /** How much longer than on the base everything takes, and beside that each class of kernels ("run": what a run costs anyway). */
  readonly factor: number;
  readonly factorByClass: Readonly<Record<string, number>>;
}

export interface TargetInfo {
  readonly target: TargetId;
  readonly device: string;
  readonly engine: string;
  readonly precision: string;
  readonly cores: string;
  readonly machine: string;
  readonly predictor: string;
  readonly version: string;
  readonly data: string;
  readonly metrics: readonly TargetMetrics[];
  /** How well memory is predicted, and from what; absent where it is not. */
  readonly memory?: { readonly data: string; readonly machine: string; readonly networks: number; readonly metrics: readonly TargetMetrics[] };
  /** Absent where the target was trained. */
  readonly calibration?: CalibrationInfo;
}

export interface LayerLatency {
  readonly name: string;
  readonly opType: string;
  readonly latencyMs: number;
  readonly flops: number;
  readonly bytes: number;
}

/** Bytes that an engine's process takes for a network, beyond what it held before. */
export interface MemoryPrediction {
  readonly bytes: number;
  readonly interval: { readonly lowBytes: number; readonly highBytes: number; readonly coverage: number };
}

/** Everything POST /predict answers with except `timingsMs`, which the HTTP layer adds. */
export interface Prediction {
  readonly latencyMs: number;
  readonly interval: { readonly lowMs: number; readonly highMs: number; readonly coverage: number };
  readonly layers: readonly LayerLatency[];
  readonly coverage: { readonly nodes: number; readonly flops: number; readonly unsupportedOps: readonly string[] };
  readonly outOfDistribution: { readonly flag: boolean; readonly score: number; readonly reasons: readonly string[] };
  readonly state: {
    readonly used: HardwareState;
    /** Fields that were not given and were filled in from the training data. */
    readonly imputed: readonly string[];
    /** Fields that were given but never varied in this target's training data: they had no effect. */
    readonly ignored: readonly string[];
    readonly stateEffect: "measured" | "transferred" | "none";
  };
  readonly memory: {
    /** Counted on the graph: the most alive at once, and all weights. */
    readonly peakActivationBytes: number;
    readonly weightBytes: number;
    /** Learned from what the engine's process really takes: at most from loading on, and at most while it runs. Absent where nobody measured it. */
    readonly process?: { readonly peak: MemoryPrediction; readonly running: MemoryPrediction };
  };
  readonly modelId: string;
  readonly target: TargetId;
  readonly predictor: string;
}

/** A graph prepared for one target: whatever does not depend on the state. Opaque to callers; cheap to keep. */
export interface EmbeddedModel {
  readonly modelId: string;
  readonly target: TargetId;
}

/** One predictor for one target. Both calls are synchronous once loaded. */
export interface TargetPredictor {
  readonly info: TargetInfo;
  embed(graph: Graph): EmbeddedModel;
  predict(model: EmbeddedModel, state: HardwareState): Prediction;
}

export interface TargetRegistry {
  list(): readonly TargetInfo[];
  get(target: TargetId): TargetPredictor | undefined;
  /** The target answered for when a request names none. */
  readonly defaultTarget: TargetId;
}
