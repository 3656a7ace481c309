import type { Device } from "../devices/device.js";
import { Converters } from "../engines/converter.js";
import { engineProblem } from "../engines/index.js";
import { pinSelf } from "../measure/pin.js";
import { DeviceReadings } from "../readings/device-readings.js";
import type { CoolDown } from "../readings/thermal.js";
import { coolDown } from "../readings/thermal.js";
import { DeviceSettings } from "../settings/device-settings.js";
import { SettingsJournal } from "../settings/journal.js";
import type { Bench, BenchOptions } from "./bench.js";
import { hostOf, modelOf, named, problemsOf, restoreSettings } from "./bench.js";
import type { PlacedOn, Protocol } from "./plan-file.js";
import { spareCoresOf } from "./plan-file.js";
import { visit } from "./visit.js";

type Remark = BenchOptions["remark"];

/** What can be read beside a placement's cores: looked for when it is first measured, and told of then. */
class ReadingsByPlacement {
  private readonly found = new Map<string, DeviceReadings>();
  private readonly told = new Set<string>();

  constructor(
    private readonly device: Device,
    private readonly remark: Remark,
  ) {}

  async get({ name, cores }: PlacedOn, spareCore: number | null): Promise<DeviceReadings> {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const readings = await DeviceReadings.find(this.device, cores, spareCore);
    this.found.set(name, readings);
    for (const [what, why] of Object.entries(readings.unread)) {
      const text = `rows lack ${what}: ${why}`;
      if (!this.told.has(text)) this.remark(text);
      this.told.add(text);
    }
    return readings;
  }
}

/** Waits until a device may be measured on, and tells of it. Null where it need not wait. */
export async function waitUntilCool(read: Parameters<typeof coolDown>[0], protocol: Protocol, stop: AbortSignal, remark: Remark): Promise<CoolDown | null> {
  const wait = await coolDown(read, protocol, stop);
  if (wait === null) return null;
  const { hottest: { type, celsius }, waitedMs, within } = wait;
  remark(`${within ? "cooled down" : "still too hot"} after ${Math.round(waitedMs / 1000)} s: ${type} at ${celsius} °C`);
  return wait;
}

/** A device whose engines are Python packages: this machine, or one behind sshd. */
export async function pythonBench(device: Device, options: BenchOptions): Promise<Bench> {
  const { plan, models, description, folder, stop, remark, converters = new Converters() } = options;
  const settings = new DeviceSettings(device, SettingsJournal.of(description, folder));
  const readingsBy = new ReadingsByPlacement(device, remark);
  return {
    name: device.name,
    host: await hostOf(device, description),
    missing: await problemsOf(plan, (engine) => engineProblem(device, engine)),
    restore: () => restoreSettings(settings, device.name, remark),
    measure: async (cell) => {
      const placement = named(plan.placements, cell.placement);
      const spareCores = spareCoresOf(plan.device, placement.cores);
      const [spareCore = null] = spareCores;
      if (device.isHere && spareCore !== null) pinSelf(spareCore);
      const readings = await readingsBy.get(placement, spareCore);
      const cooled = await waitUntilCool(() => readings.temperatures(), plan.protocol, stop, remark);
      if (stop.aborted) return null;
      const state = named(plan.states, cell.state);
      const common = { device, converters, settings, readings, protocol: plan.protocol };
      return visit(cell, { ...common, model: modelOf(models, cell), placement, spareCores, state, coolDown: cooled });
    },
    close: async () => {
      await converters.close();
      await device.close();
    },
  };
}
