import type { DeviceDescription } from "../devices/device-file.js";
import type { Device } from "../devices/device.js";
import type { Converters } from "../engines/converter.js";
import type { EngineModel } from "../engines/engine.js";
import type { EngineName } from "../engines/index.js";
import type { DeviceSettings } from "../settings/device-settings.js";
import type { MeasuringPlan } from "./plan-file.js";
import type { Cell } from "./plan-row.js";
import type { VisitOutcome } from "./visit.js";

/** A device that is ready to measure a plan's cells, one at a time. */
export interface Bench {
  /** Of the device. */
  readonly name: string;
  /** What two cells must not be measured on at once: the same for every way to one running system. */
  readonly host: string;
  /** Why an engine of the plan cannot run, and what to do. */
  readonly missing: ReadonlyMap<EngineName, string>;
  /** Puts back what a run that was killed left changed. Throws as DeviceSettings.restore() does. */
  restore(): Promise<void>;
  /**
   * Null where the run was stopped before the cell began.
   *
   * @throws DeviceUnreachable where the device went away, CannotSet where its settings cannot be put back
   */
  measure(cell: Cell): Promise<VisitOutcome | null>;
  close(): Promise<void>;
}

export interface BenchOptions {
  readonly plan: MeasuringPlan;
  readonly models: ReadonlyMap<string, EngineModel>;
  /** The device, where it is one of many that the plan is for. */
  readonly description: DeviceDescription;
  /** Of the device file: what it names is relative to it. */
  readonly folder: string;
  readonly stop: AbortSignal;
  readonly remark: (text: string) => void;
  /** By default conversions run when they are needed. */
  readonly converters?: Converters;
}

/** Throws RangeError where a plan has no such thing. */
export function named<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new RangeError(`no ${name} in this plan`);
  return found;
}

/** Throws RangeError where a plan has no such model. */
export function modelOf(models: BenchOptions["models"], { model }: Cell): EngineModel {
  const found = models.get(model);
  if (found === undefined) throw new RangeError(`no model ${model} in this plan`);
  return found;
}

/** Which of a plan's engines have a problem. */
export async function problemsOf({ engines }: MeasuringPlan, problemOf: (engine: EngineName) => Promise<string | null>): Promise<ReadonlyMap<EngineName, string>> {
  const missing = new Map<EngineName, string>();
  for (const engine of engines) {
    const problem = await problemOf(engine);
    if (problem !== null) missing.set(engine, problem);
  }
  return missing;
}

/** One boot of one kernel, whatever way leads to it; the way itself where the system does not tell. */
export async function hostOf(device: Device, { reach }: Pick<DeviceDescription, "reach">): Promise<string> {
  const boot = (await device.read("/proc/sys/kernel/random/boot_id"))?.trim() ?? "";
  if (boot !== "") return boot;
  if (reach.by === "adb") return `adb:${reach.serial}`;
  return reach.by === "ssh" ? `ssh:${reach.host}` : "local";
}

/** Puts back what a run that was killed left changed, and tells of it. */
export async function restoreSettings(settings: DeviceSettings, name: string, remark: BenchOptions["remark"]): Promise<void> {
  const restored = await settings.restore();
  if (restored > 0) remark(`${restored} settings of ${name}, which a run that was killed left changed, are as before`);
}
