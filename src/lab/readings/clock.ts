import { readCpufreq } from "../../hardware/formats/frequency.js";
import type { Section } from "../../hardware/formats/reading.js";
import type { Device } from "../devices/device.js";

/**
 * Mean clock of these cores now, MHz; null where the device has no cpufreq. What /proc/cpuinfo says then is no reading:
 * in a virtual machine it is the same whatever the processor does.
 */
export async function readClockMHz(device: Device, cores: readonly number[]): Promise<number | null> {
  const sections: Section[] = [];
  for (const core of cores) {
    const path = `/sys/devices/system/cpu/cpu${core}/cpufreq/scaling_cur_freq`;
    const text = await device.read(path);
    if (text !== null) sections.push({ path, text });
  }
  return readCpufreq(sections, cores)?.values.get("frequencyMHz") ?? null;
}
