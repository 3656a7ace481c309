import { readCpufreq, readCpuinfo } from "../../hardware/formats/frequency.js";
import type { Section } from "../../hardware/formats/reading.js";
import type { Device } from "../devices/device.js";

/** Mean clock of these cores now, MHz, from cpufreq, or else from /proc/cpuinfo; null where the device tells none. */
export async function readClockMHz(device: Device, cores: readonly number[]): Promise<number | null> {
  const sections: Section[] = [];
  for (const core of cores) {
    const path = `/sys/devices/system/cpu/cpu${core}/cpufreq/scaling_cur_freq`;
    const text = await device.read(path);
    if (text !== null) sections.push({ path, text });
  }
  const cpuinfo = sections.length > 0 ? "" : ((await device.read("/proc/cpuinfo")) ?? "");
  const found = readCpufreq(sections, cores) ?? readCpuinfo(cpuinfo, cores);
  return found?.values.get("frequencyMHz") ?? null;
}
