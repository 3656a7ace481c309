import type { HardwareState } from "../../features/state.js";
import type { AndroidReading } from "../devices/android-state.js";
import type { BenchmarkReport } from "../engines/android/index.js";
import type { Conversion, Interval } from "../engines/engine.js";
import type { EngineName } from "../engines/index.js";
import type { LoadReached } from "../load/settle.js";
import type { StateRaw } from "../load/state.js";
import type { Machine } from "../measure/machine.js";
import type { Unread } from "../readings/device-readings.js";
import type { EnergyReading } from "../readings/energy.js";
import type { CoolDown, Temperature } from "../readings/thermal.js";
import type { MeasuringPlan, PlannedState } from "./plan-file.js";

/** The first row of a file: what the others answer to. */
export interface PlanHeader {
  readonly kind: "plan";
  readonly plan: MeasuringPlan;
}

/** A machine and an engine on it, once before the first row that names it. */
export interface MachineRow extends Machine {
  readonly kind: "machine";
  readonly device: string;
}

/** One cell of a plan. */
export interface Cell {
  readonly model: string;
  readonly engine: EngineName;
  /** The name of the placement. */
  readonly placement: string;
  /** The name of the state. */
  readonly state: string;
  /** From 1. */
  readonly repeat: number;
}

/** Raw times of one pass; nothing averaged. */
export interface RawPass extends Interval {
  readonly runsUs: readonly number[];
}

export interface ReadState {
  readonly state: HardwareState;
  readonly raw: StateRaw;
  /** Of the zones near the processor; none where the device shows none. Absent in rows of earlier versions. */
  readonly temperatures?: readonly Temperature[];
}

/** What the state that a plan asks for came to, before the first reading; null for what was not asked. */
export interface ReachedState extends LoadReached {
  /** MHz, after the probes; `reached` and `within` are null where the device does not tell its clock. */
  readonly clock: { readonly asked: number; readonly reached: number | null; readonly within: boolean | null } | null;
}

export interface MeasuredCell extends Cell {
  readonly kind: "measured";
  /** Of the model's bytes: a file may change under its name. */
  readonly onnxSha256: string;
  readonly engineVersion: string;
  readonly threads: number;
  readonly cores: readonly number[];
  readonly precision: string;
  readonly asked: PlannedState;
  /** Absent in rows of earlier versions, as are the others that may be. */
  readonly reached?: ReachedState;
  /** The wait before it; null where none was needed. */
  readonly coolDown?: CoolDown | null;
  readonly before: ReadState;
  readonly after: ReadState;
  /** One, or two where the first was not steady. The last one counts. */
  readonly passes: readonly RawPass[];
  /** Whether the last pass kept within the plan's spread and drift. */
  readonly steady: boolean;
  readonly sessionMs: number;
  readonly conversion: Conversion | null;
  /** Resident memory of the engine's process before the model was loaded, and its most from then on. */
  readonly memory: { readonly beforeLoadBytes: number | null; readonly peakBytes: number | null };
  /** Of the last pass, by every meter that could be read. */
  readonly energy?: readonly EnergyReading[];
  /** What this device does not tell, so that nothing above stands for it. */
  readonly missing: readonly string[];
  /** Why, and what to do about it. */
  readonly unread?: Unread;
  readonly device: string;
  /** Id of the machine row. */
  readonly machine: string;
  /** ISO time at which the row was finished. */
  readonly at: string;
}

/** Measured by an engine's own benchmark program, on Android: a summary, since these programs print no single runs. */
export interface SummarisedCell extends Cell {
  readonly kind: "summarised";
  readonly onnxSha256: string;
  /** Hash of the program and its libraries, which do not tell their versions. */
  readonly program: string;
  readonly threads: number;
  readonly cores: readonly number[];
  readonly precision: string;
  readonly asked: PlannedState;
  /** The wait before it; null where none was needed. */
  readonly coolDown: CoolDown | null;
  readonly before: AndroidReading;
  readonly after: AndroidReading;
  readonly report: BenchmarkReport;
  readonly conversion: Conversion | null;
  readonly missing: readonly string[];
  readonly device: string;
  /** Id of the machine row. */
  readonly machine: string;
  readonly at: string;
}

/** The engine or its converter said no or died, in its own words; or the device cannot be brought into the state. */
export interface FailedCell extends Cell {
  readonly kind: "failed";
  readonly stage: "start" | "convert" | "load" | "set" | "run";
  readonly error: string;
  readonly device: string;
  /** Id of the machine row; null where the engine did not come as far. */
  readonly machine: string | null;
  readonly at: string;
}

/** A row that stands for a cell. */
export type CellRow = MeasuredCell | SummarisedCell | FailedCell;
export type PlanRow = PlanHeader | MachineRow | CellRow;

/** Names a cell; one that has a row is not measured again. */
export function cellPlace({ model, engine, placement, state, repeat }: Cell): string {
  return [model, engine, placement, state, repeat].join("|");
}

/** The place of a row; null for rows that stand for no cell. */
export function planPlaceOf(row: PlanRow): string | null {
  return row.kind === "plan" || row.kind === "machine" ? null : cellPlace(row);
}

/** All cells of a plan. Repeats are the outermost, so that those of one cell lie as far apart as the run is long. */
export function cellsOf(plan: Pick<MeasuringPlan, "engines" | "placements" | "states" | "repeats">, models: readonly string[]): readonly Cell[] {
  return Array.from({ length: plan.repeats }, (_, i) => i + 1).flatMap((repeat) =>
    plan.states.flatMap(({ name: state }) =>
      models.flatMap((model) =>
        plan.placements.flatMap(({ name: placement }) => plan.engines.map((engine) => ({ model, engine, placement, state, repeat }))),
      ),
    ),
  );
}
