import type { Device } from "../devices/device.js";
import type { Converters } from "../engines/converter.js";
import type { EngineModel } from "../engines/engine.js";
import type { EngineName } from "../engines/index.js";
import type { Journal } from "../measure/journal.js";
import { pinSelf } from "../measure/pin.js";
import type { Progress } from "../measure/progress.js";
import { DeviceReadings } from "../readings/device-readings.js";
import type { CoolDown } from "../readings/thermal.js";
import { coolDown } from "../readings/thermal.js";
import type { DeviceSettings } from "../settings/device-settings.js";
import type { MeasuringPlan, PlacedOn } from "./plan-file.js";
import { spareCoresOf } from "./plan-file.js";
import type { Cell, FailedCell, MeasuredCell, PlanRow } from "./plan-row.js";
import { describeShortfalls } from "./reached.js";
import { visit } from "./visit.js";

/** What the cells of a plan are measured with. */
export interface Campaign {
  readonly plan: MeasuringPlan;
  readonly models: ReadonlyMap<string, EngineModel>;
  readonly device: Device;
  readonly converters: Converters;
  readonly settings: DeviceSettings;
  readonly journal: Journal<PlanRow>;
  readonly progress: Progress<EngineName>;
  readonly remark: (text: string) => void;
  readonly stop: AbortSignal;
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new RangeError(`no ${name} in this plan`);
  return found;
}

/** What can be read beside a placement's cores: looked for when it is first measured, and told of then. */
class ReadingsByPlacement {
  private readonly found = new Map<string, DeviceReadings>();
  private readonly told = new Set<string>();

  constructor(private readonly campaign: Campaign) {}

  async get({ name, cores }: PlacedOn, spareCore: number | null): Promise<DeviceReadings> {
    const { device, remark } = this.campaign;
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const readings = await DeviceReadings.find(device, cores, spareCore);
    this.found.set(name, readings);
    for (const [what, why] of Object.entries(readings.unread)) {
      const text = `rows lack ${what}: ${why}`;
      if (!this.told.has(text)) remark(text);
      this.told.add(text);
    }
    return readings;
  }
}

async function waitUntilCool({ plan: { protocol }, stop, remark }: Campaign, readings: DeviceReadings): Promise<CoolDown | null> {
  const wait = await coolDown(() => readings.temperatures(), protocol, stop);
  if (wait === null) return null;
  const { hottest: { type, celsius }, waitedMs, within } = wait;
  remark(`${within ? "cooled down" : "still too hot"} after ${Math.round(waitedMs / 1000)} s: ${type} at ${celsius} °C`);
  return wait;
}

function tellOf(row: MeasuredCell | FailedCell, remark: Campaign["remark"]): void {
  if (row.kind === "failed") remark(`${row.engine} ${row.model}: failed to ${row.stage}: ${row.error.split("\n", 1)[0] ?? ""}`);
  else if (row.reached !== undefined) {
    for (const text of describeShortfalls(row.reached)) remark(`${row.engine} ${row.model} ${row.state}: ${text}`);
  }
}

/** Measures these cells of a plan, one after the other, until all are done or the run is to stop. */
export async function measureCells(campaign: Campaign, cells: readonly Cell[]): Promise<void> {
  const { plan, models, device, converters, settings, journal, progress, remark, stop } = campaign;
  const machines = new Set(journal.existing.flatMap((row) => (row.kind === "machine" ? [row.id] : [])));
  const readingsBy = new ReadingsByPlacement(campaign);
  for (const cell of cells) {
    if (stop.aborted) return;
    const model = models.get(cell.model);
    if (model === undefined) throw new RangeError(`no model ${cell.model} in this plan`);
    const placement = named(plan.placements, cell.placement);
    const spareCores = spareCoresOf(plan.device, placement.cores);
    const [spareCore = null] = spareCores;
    if (device.isHere && spareCore !== null) pinSelf(spareCore);
    const readings = await readingsBy.get(placement, spareCore);
    const cooled = await waitUntilCool(campaign, readings);
    if (stop.aborted) return;
    const state = named(plan.states, cell.state);
    const common = { device, converters, settings, readings, protocol: plan.protocol };
    const { row, cannotSet, machine } = await visit(cell, { ...common, model, placement, spareCores, state, coolDown: cooled });
    if (machine !== null && !machines.has(machine.id)) {
      journal.append({ kind: "machine", device: device.name, ...machine });
      machines.add(machine.id);
    }
    if (row === null) {
      remark(`${cell.engine} ${cell.model} ${cell.state} is skipped: ${cannotSet ?? ""}`);
      continue;
    }
    journal.append(row);
    tellOf(row, remark);
    progress.done(cell.engine, row.kind);
  }
}
