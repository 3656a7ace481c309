export { DeviceUnreachable } from "../devices/device.js";
export { SettingsError } from "../settings-file.js";
export { runFarm } from "./run-farm.js";
export type { GroupReport } from "./run-farm.js";
export { CannotSet } from "../settings/cpufreq.js";
