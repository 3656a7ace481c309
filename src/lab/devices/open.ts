import { resolve } from "node:path";
import { AdbDevice } from "./adb.js";
import type { DeviceDescription } from "./device-file.js";
import type { Device } from "./device.js";
import { LOCAL_DEVICE } from "./local.js";
import { SshDevice } from "./ssh.js";
import { withSysfs } from "./with-sysfs.js";

/**
 * The device that a description tells how to reach. To be closed.
 *
 * @param folder of the device file: what it names is relative to it
 * @throws DeviceUnreachable where it does not answer
 */
export async function openDevice(description: DeviceDescription, folder: string): Promise<Device> {
  const device = await reachDevice(description, folder);
  return description.sysfs === undefined ? device : withSysfs(device, description.sysfs);
}

function reachDevice({ name, reach }: DeviceDescription, folder: string): Promise<Device> {
  if (reach.by === "local") return Promise.resolve({ ...LOCAL_DEVICE, name });
  if (reach.by === "adb") return AdbDevice.connect(name, reach.serial);
  const config = reach.config === undefined ? undefined : resolve(folder, reach.config);
  return SshDevice.connect(name, { host: reach.host, config, root: reach.root });
}
