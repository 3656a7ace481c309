import type { Device } from "../devices/device.js";
import type { CoreSample } from "./core-clock.js";
import { parseCoreTimes, sharesBetween } from "./core-clock.js";
import type { CoreReading, CoreWatch } from "./state.js";

/** Watches a device's cores where no engine runs that could; from one read to the next, by this machine's clock. */
export class DeviceWatch implements CoreWatch {
  private previous: CoreSample | null = null;

  constructor(private readonly device: Device) {}

  async read(): Promise<CoreReading> {
    const { previous } = this;
    const text = await this.device.read("/proc/stat");
    const now = text === null ? null : { atMs: performance.now(), cores: parseCoreTimes(text) };
    this.previous = now;
    return { shares: previous === null || now === null ? null : sharesBetween(previous, now), own: 0 };
  }
}
