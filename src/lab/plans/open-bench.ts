import { AdbDevice } from "../devices/adb.js";
import { openDevice } from "../devices/open.js";
import { androidBench } from "./android-bench.js";
import type { Bench, BenchOptions } from "./bench.js";
import { pythonBench } from "./python-bench.js";

/**
 * Opens a device for a plan. To be closed, with its converters.
 *
 * @throws DeviceUnreachable where it does not answer, SettingsError where the plan asks for what it cannot give
 */
export async function openBench(options: BenchOptions): Promise<Bench> {
  const device = await openDevice(options.description, options.folder);
  try {
    return device instanceof AdbDevice ? await androidBench(device, options) : await pythonBench(device, options);
  } catch (error) {
    await device.close();
    throw error;
  }
}
