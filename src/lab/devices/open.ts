import type { DeviceDescription } from "./device-file.js";
import type { Device } from "./device.js";
import { LOCAL_DEVICE } from "./local.js";

/** The device that a description tells how to reach; so far this machine is the only way. */
export function openDevice({ name }: DeviceDescription): Device {
  return { ...LOCAL_DEVICE, name };
}
