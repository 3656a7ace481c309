import type { HardwareState } from "../../features/state.js";
import type { Device } from "../devices/device.js";
import { readClockMHz } from "./clock.js";
import { CounterReader } from "./counters.js";
import { MeterReader } from "./meter-reader.js";
import type { Meter } from "./meters.js";
import { findMeters } from "./meters.js";
import type { Temperature, ThermalZone } from "./thermal.js";
import { findZones, readTemperatures } from "./thermal.js";

/** What a row cannot hold on a device, and why, with what to do where something helps. */
export type Unread = Readonly<Partial<Record<"frequency" | "counters" | "temperature" | "energy" | "memory", string>>>;

const NO_CLOCK = "no cpufreq: virtual machines have none; measure on the machine itself";

/** What a device tells of itself beside its engine's process: looked for once, then read for every row. */
export class DeviceReadings {
  private constructor(
    private readonly device: Device,
    private readonly cores: readonly number[],
    private readonly spareCore: number | null,
    private readonly zones: readonly ThermalZone[],
    private readonly meters: readonly Meter[],
    private readonly counters: CounterReader | null,
    readonly unread: Unread,
  ) {}

  /**
   * Looks at everything once.
   *
   * @param cores of the model
   * @param spareCore for tools that read; null where there is none
   */
  static async find(device: Device, cores: readonly number[], spareCore: number | null): Promise<DeviceReadings> {
    const zones = await findZones(device);
    const { meters, problems } = await findMeters(device);
    const counters = await CounterReader.find(device, cores, spareCore);
    const unread: Unread = {
      ...((await readClockMHz(device, cores)) === null ? { frequency: NO_CLOCK } : {}),
      ...(typeof counters === "string" ? { counters } : {}),
      ...(zones.length === 0 ? { temperature: "the system shows no thermal zone that tells a temperature" } : {}),
      ...(problems.length === 0 ? {} : { energy: problems.join("; ") }),
    };
    return new DeviceReadings(device, cores, spareCore, zones, meters, typeof counters === "string" ? null : counters, unread);
  }

  temperatures(): Promise<readonly Temperature[]> {
    return readTemperatures(this.device, this.zones);
  }

  /** Counters over so long, while the engine rests; nothing where the device has none. */
  async count(intervalMs: number): Promise<Pick<HardwareState, "counters">> {
    return this.counters === null ? {} : { counters: await this.counters.read(intervalMs) };
  }

  /** The clock of the model's cores now; nothing where the device does not tell. */
  async clock(): Promise<Pick<HardwareState, "frequencyMHz">> {
    const frequencyMHz = await readClockMHz(this.device, this.cores);
    return frequencyMHz === null ? {} : { frequencyMHz };
  }

  /** To be closed; null where there is nothing to read. */
  startMeters(): MeterReader | null {
    return this.meters.length === 0 ? null : MeterReader.start(this.device, this.meters, this.spareCore);
  }
}
