export { DeviceUnreachable } from "../devices/device.js";
export { runPlan } from "./run-plan.js";
export type { PlanRunReport } from "./run-plan.js";
export { SettingsError } from "../settings-file.js";
export { describeRows, readPlanRows } from "./describe-rows.js";
export { describeRepeatability, repeatability } from "./repeatability.js";
export { CannotSet } from "../settings/cpufreq.js";
