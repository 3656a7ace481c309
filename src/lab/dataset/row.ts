import type { HardwareState } from "../../features/state.js";
import type { Interval, Kernel, ProbeReading } from "../engines/engine.js";
import type { GeneratorRates } from "../load/generator.js";
import type { StateRaw } from "../load/state.js";

export const PARTS = ["sweep", "idle", "loaded"] as const;
export type Part = (typeof PARTS)[number];

/** What a load state asks of the generators. */
export interface AskedLoad {
  /** Name of the state in its plan. */
  readonly name: string;
  /** Busy share of the model's core, 0..1. */
  readonly utilization: number;
  /** GB/s of memory traffic from another core. */
  readonly trafficGBs: number;
}

/** Where a row stands in its plan. */
export interface Position {
  /** The zoo's id of the model, enough to build it again. */
  readonly id: string;
  readonly family: string;
  /** Sweep and idle: the round. Loaded: the visit. From 1. */
  readonly round: number;
  /** ISO time at which the row was finished. */
  readonly at: string;
  /** Id of the machine description beside the file. */
  readonly machine: string;
}

/** One pass over one model: raw times, nothing averaged. */
interface Measured extends Position, Interval {
  readonly sessionMs: number;
  /** Wall µs of each run; wallNs, cpuNs and runDelayNs are over all of them. */
  readonly runsUs: readonly number[];
  readonly probeBefore: ProbeReading | null;
  readonly probeAfter: ProbeReading | null;
  readonly state: HardwareState;
  readonly stateRaw: StateRaw;
}

export interface SweepRow extends Measured {
  readonly kind: "sweep";
  readonly kernels: readonly Kernel[];
}

export interface IdleRow extends Measured {
  readonly kind: "idle";
  /** From the first round only. */
  readonly kernels?: readonly Kernel[];
}

export interface LoadedRow extends Measured {
  readonly kind: "loaded";
  readonly block: number;
  /** 2: repeated because the probes of attempt 1 were off the state's quiet level. */
  readonly attempt: 1 | 2;
  readonly load: AskedLoad;
  /** What the generators did from the probe before to the probe after. */
  readonly during: { readonly utilization: GeneratorRates | null; readonly traffic: GeneratorRates | null };
}

export type MeasuredRow = SweepRow | IdleRow | LoadedRow;

/** The engine refused the model, or died of it. */
export interface FailedRow extends Position {
  readonly kind: "failed";
  readonly part: Part;
  readonly stateName?: string;
  /** The engine's message, verbatim. */
  readonly error: string;
}

export type Row = MeasuredRow | FailedRow;

/** Names the place of a row in its plan; a place that has a row is not measured again. */
export function placeOf(row: Row): string {
  if (row.kind === "failed") return place(row.id, row.round, row.stateName);
  return row.kind === "loaded" ? place(row.id, row.round, row.load.name) : place(row.id, row.round);
}

export function place(id: string, round: number, stateName = ""): string {
  return `${id}|${round}|${stateName}`;
}
