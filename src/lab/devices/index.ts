import { dirname } from "node:path";
import { engineProblem } from "../engines/index.js";
import type { Finding } from "./check.js";
import { checkDevice } from "./check.js";
import { readDeviceFile, thisMachine } from "./device-file.js";
import { DeviceUnreachable } from "./device.js";
import { openDevice } from "./open.js";

export type { Finding } from "./check.js";
export { restoreDeviceFile } from "./restore.js";
export type { Restored } from "./restore.js";
export { CannotSet } from "../settings/cpufreq.js";
export { DeviceUnreachable } from "./device.js";
export { SettingsError } from "../settings-file.js";

/** What works on the device that a file describes, or on this machine for null. Throws SettingsError for a wrong file. */
export async function checkDeviceFile(path: string | null): Promise<readonly Finding[]> {
  const description = path === null ? thisMachine() : readDeviceFile(path);
  try {
    const device = await openDevice(description, path === null ? "." : dirname(path));
    try {
      return await checkDevice(device, description, (name) => engineProblem(device, name));
    } finally {
      await device.close();
    }
  } catch (error) {
    if (!(error instanceof DeviceUnreachable)) throw error;
    return [{ what: "reach", verdict: "wrong", detail: error.message, advice: "" }];
  }
}
