import { dirname } from "node:path";
import type { DeviceDescription } from "../devices/device-file.js";
import { readDeviceFile } from "../devices/device-file.js";
import type { MeasuringPlan, PlannedDevice } from "../plans/plan-file.js";
import { readPlanFor } from "../plans/plan-file.js";
import { SettingsError } from "../settings-file.js";

/** A device of a farm. */
export interface FarmDevice {
  readonly path: string;
  /** What the device file names is relative to it. */
  readonly folder: string;
  readonly description: DeviceDescription;
}

/** Devices of one kind, or a device of its own, with their part of the plan: they share its cells. */
export interface FarmGroup {
  /** Of the kind, or of the device where it has none. */
  readonly name: string;
  readonly plan: MeasuringPlan;
  readonly devices: readonly FarmDevice[];
}

/** What all devices of a kind must have in common, or one's rows would say nothing about another. */
export function plannedDevice({ name, kind, reach, clusters, engines }: DeviceDescription): PlannedDevice {
  return kind === undefined ? { name, reach, clusters, engines } : { name: kind, kind, reach: null, clusters, engines };
}

export function groupName({ name, kind }: DeviceDescription): string {
  return kind ?? name;
}

/** The part of a plan that a device, or all of its kind, can do. Throws SettingsError where it can do nothing of it. */
export function planOf(planPath: string, description: DeviceDescription): MeasuringPlan {
  return readPlanFor(planPath, plannedDevice(description));
}

/**
 * Reads the devices of a farm and deals a plan out to them.
 *
 * @throws SettingsError where a file is wrong, two devices have one name, or two of a kind differ
 */
export function readGroups(planPath: string, devicePaths: readonly string[]): readonly FarmGroup[] {
  const groups = new Map<string, FarmDevice[]>();
  const names = new Set<string>();
  for (const path of devicePaths) {
    const description = readDeviceFile(path);
    if (names.has(description.name)) throw new SettingsError(`device file ${path}: another device is called ${description.name} too`);
    names.add(description.name);
    const name = groupName(description);
    const others = groups.get(name) ?? [];
    const [first] = others;
    if (first !== undefined && JSON.stringify(plannedDevice(first.description)) !== JSON.stringify(plannedDevice(description))) {
      throw new SettingsError(`device file ${path}: ${description.name} and ${first.description.name} are to be of one kind, ${name}, but their clusters or engines differ`);
    }
    groups.set(name, [...others, { path, folder: dirname(path), description }]);
  }
  return [...groups].flatMap(([name, devices]) => {
    const [first] = devices;
    return first === undefined ? [] : [{ name, devices, plan: planOf(planPath, first.description) }];
  });
}
