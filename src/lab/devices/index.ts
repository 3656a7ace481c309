import { dirname, resolve } from "node:path";
import { programProblem } from "../engines/android/problem.js";
import type { EngineName } from "../engines/index.js";
import { engineProblem } from "../engines/index.js";
import type { Finding } from "./check.js";
import { checkDevice } from "./check.js";
import type { DeviceDescription } from "./device-file.js";
import { readDeviceFile, thisMachine } from "./device-file.js";
import type { Device } from "./device.js";
import { DeviceUnreachable } from "./device.js";
import { openDevice } from "./open.js";

export type { Finding } from "./check.js";
export { restoreDeviceFile } from "./restore.js";
export type { Restored } from "./restore.js";
export { CannotSet } from "../settings/cpufreq.js";
export { DeviceUnreachable } from "./device.js";
export { SettingsError } from "../settings-file.js";

function problemOf(device: Device, { reach }: DeviceDescription, folder: string, engine: EngineName): Promise<string | null> {
  if (reach.by !== "adb") return engineProblem(device, engine);
  const programs = reach.programs[engine];
  return Promise.resolve(programProblem(engine, programs === undefined ? undefined : resolve(folder, programs)));
}

/** What works on the device that a file describes, or on this machine for null. Throws SettingsError for a wrong file. */
export async function checkDeviceFile(path: string | null): Promise<readonly Finding[]> {
  const description = path === null ? thisMachine() : readDeviceFile(path);
  const folder = path === null ? "." : dirname(path);
  try {
    const device = await openDevice(description, folder);
    try {
      return await checkDevice(device, description, (name) => problemOf(device, description, folder, name));
    } finally {
      await device.close();
    }
  } catch (error) {
    if (!(error instanceof DeviceUnreachable)) throw error;
    return [{ what: "reach", verdict: "wrong", detail: error.message, advice: "" }];
  }
}
