import { dirname } from "node:path";
import { DeviceSettings } from "../settings/device-settings.js";
import { SettingsJournal } from "../settings/journal.js";
import { AdbDevice } from "./adb.js";
import { readDeviceFile, thisMachine } from "./device-file.js";
import { openDevice } from "./open.js";

export interface Restored {
  readonly device: string;
  readonly settings: number;
}

/**
 * Puts back what a run that was killed left changed on the device that a file describes, or on this machine for null.
 *
 * @throws SettingsError for a wrong file or a device that another run is using, DeviceUnreachable where it does not
 * answer, CannotSet where a setting cannot be put back
 */
export async function restoreDeviceFile(path: string | null): Promise<Restored> {
  const description = path === null ? thisMachine() : readDeviceFile(path);
  const folder = path === null ? "." : dirname(path);
  const journal = SettingsJournal.of(description, folder);
  if (journal.leftOver().length === 0) return { device: description.name, settings: 0 };
  const device = await openDevice(description, folder);
  try {
    return { device: description.name, settings: await new DeviceSettings(device instanceof AdbDevice ? device.asRoot() : device, journal).restore() };
  } finally {
    await device.close();
  }
}
