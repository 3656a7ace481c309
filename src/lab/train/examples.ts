import type { ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import type { FactorPart } from "./factor-sample.js";

/** A kernel of the sweep with its profiled time. */
export interface KernelExample {
  readonly features: ModelFeatures;
  /** Index into features.kernelGraph.kernels. */
  readonly kernel: number;
  readonly latencyUs: number;
}

/** A model of the sweep that is a single operator, with the time of a whole run. */
export interface OperatorExample {
  readonly features: ModelFeatures;
  /** Index into features.graph.nodes. */
  readonly node: number;
  readonly latencyUs: number;
}

/** A whole model of the sweep. */
export interface SweepExample {
  readonly id: string;
  readonly features: ModelFeatures;
  /** Of a run, what it spends around the kernels included. */
  readonly latencyUs: number;
}

/** A whole model on an idle device. */
export interface IdleExample {
  readonly id: string;
  readonly family: string;
  readonly features: ModelFeatures;
  /** Its label: see dataset/label.ts. */
  readonly latencyUs: number;
  /** Profiled microseconds of each kernel; null where the profile does not fit the lowering. */
  readonly kernelUs: Float32Array | null;
  /** What a profile that does not name every kernel says of some of them. */
  readonly parts?: readonly FactorPart[];
  /** Of a network that was recorded beside a dataset: the plan that it was recorded by, on a day of its own. */
  readonly recording?: string;
}

/** A whole model in one load state. */
export interface LoadedExample {
  readonly id: string;
  readonly family: string;
  readonly stateName: string;
  readonly features: ModelFeatures;
  /** The mean of `readings`. */
  readonly state: HardwareState;
  /** The state as read before each visit. */
  readonly readings: readonly HardwareState[];
  readonly latencyUs: number;
  /** The same model's idle label, measured in the same run. */
  readonly idleUs: number;
}
