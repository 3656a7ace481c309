import type { SweepRow as ConvolutionRow } from "../../conv/convolution.js";
import type { HardwareState } from "../../features/state.js";
import type { EngineRules } from "../../graph/kernels/lower.js";
import type { LabelOptions } from "../dataset/label.js";
import type { IdleRow, LoadedRow } from "../dataset/row.js";
import type { Machine } from "../measure/machine.js";
import type { Plan } from "../measure/plan.js";
import type { IdleExample, KernelExample, LoadedExample, OperatorExample, SweepExample } from "./examples.js";

/** A recorded dataset, its models rebuilt from their seeds and read like anybody's upload. */
export interface Corpus {
  readonly folder: string;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly rules: EngineRules;
  /** Whether the engine's profiler names every kernel; without it `kernels` are those that ran alone in a model of the sweep. */
  readonly profiled: boolean;
  readonly kernels: readonly KernelExample[];
  readonly operators: readonly OperatorExample[];
  /** Whole models of the sweep: single operators and short chains. */
  readonly sweep: readonly SweepExample[];
  /** Stand-alone convolutions, for the paper's regression. */
  readonly convolutions: readonly ConvolutionRow[];
  readonly idle: readonly IdleExample[];
  /** Networks that were recorded beside the dataset: they may train and never test, so that splits stay what they were. */
  readonly further: readonly IdleExample[];
  /** CPU time in ns that the compute probe takes when the machine is quiet. */
  readonly quietNs: number | undefined;
  /** How latencies of idle networks are estimated from their passes. */
  readonly idleLabel: LabelOptions;
  /** Raw idle passes by model. */
  readonly idlePasses: ReadonlyMap<string, readonly IdleRow[]>;
  readonly idleStates: readonly HardwareState[];
  readonly loaded: readonly LoadedExample[];
  /** Loaded rows of another dataset: what they say of states teaches slowdowns, and they never test. */
  readonly borrowed: readonly LoadedExample[];
  /** Raw visits by state and model, for the noise floor. */
  readonly visits: ReadonlyMap<string, readonly LoadedRow[]>;
  /** Models that the engine refused, with its message. */
  readonly failures: readonly { readonly id: string; readonly error: string }[];
  /** Share of the profiled models whose kernels are exactly those that the lowering predicts. */
  readonly exactLowering: number;
}
