import type { Device } from "../devices/device.js";
import { DeviceUnreachable } from "../devices/device.js";
import type { Setting } from "./change.js";
import { describeRefused, readSetting, writeSettings } from "./change.js";
import type { AskedClock } from "./cpufreq.js";
import { alsoChanged, CannotSet, clockSettings, readPolicies } from "./cpufreq.js";
import type { SettingsJournal } from "./journal.js";

/** Changes a device's settings and puts them back, also those that a run which was killed left behind. */
export class DeviceSettings {
  constructor(
    private readonly device: Device,
    private readonly journal: SettingsJournal,
  ) {}

  /**
   * Sets the clocks of these cores. What was there is in the journal before anything is written.
   *
   * @throws CannotSet with the reason and what to do; what was set by then is put back by restore()
   */
  async setClock(cores: readonly number[], asked: AskedClock): Promise<void> {
    if (asked.frequencyMHz === undefined && asked.governor === undefined) return;
    const policies = await readPolicies(this.device, cores);
    const settings = policies.flatMap((policy) => clockSettings(policy, asked));
    const paths = [...settings.map(({ path }) => path), ...policies.flatMap(alsoChanged)];
    const originals: Setting[] = [];
    for (const path of new Set(paths)) {
      const value = await readSetting(this.device, path);
      if (value === null) throw new CannotSet(`${path} is not there or may not be read, so it could not be put back: nothing was set`);
      originals.push({ path, value });
    }
    this.journal.remember(originals);
    const [refused] = await writeSettings(this.device, settings);
    if (refused !== undefined) throw new CannotSet(describeRefused(refused));
  }

  /**
   * Puts back whatever this run, or an earlier one that did not end, has changed. How many settings that were.
   *
   * @throws CannotSet where something cannot be put back: the journal stays for another try. DeviceUnreachable where
   * the device does not answer. SettingsError where another run is using it
   */
  async restore(): Promise<number> {
    const originals = this.journal.leftOver();
    if (originals.length === 0) return 0;
    const refused = await writeSettings(this.device, originals);
    if (refused.length > 0) {
      if ((await this.device.run(["true"])).code !== 0) {
        throw new DeviceUnreachable(`${this.device.name} is gone and its settings are still changed: connect it and run \`tempograph devices restore\` with its file`);
      }
      throw new CannotSet(`settings are still changed: ${refused.map(describeRefused).join("; ")}; then run \`tempograph devices restore\` with the device's file`);
    }
    this.journal.clear();
    return originals.length;
  }
}
