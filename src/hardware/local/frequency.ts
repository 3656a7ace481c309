import { readCpufreq, readCpuinfo } from "../formats/frequency.js";
import { reading, type CpuSelection, type Reading, type Section } from "../formats/reading.js";
import { readSystemFile } from "./files.js";

/** Mean clock of the cores now: from cpufreq, else from /proc/cpuinfo, else the reason why neither tells it. */
export async function readFrequency(cpus: readonly number[], selection: CpuSelection): Promise<Reading> {
  const sections: Section[] = [];
  for (const cpu of cpus) {
    const path = `/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`;
    const file = await readSystemFile(path);
    if ("text" in file) sections.push({ path, text: file.text });
  }
  const cpufreq = readCpufreq(sections, selection);
  if (cpufreq !== null) return cpufreq;
  const cpuinfo = await readSystemFile("/proc/cpuinfo");
  const clocks = "text" in cpuinfo ? readCpuinfo(cpuinfo.text, selection) : null;
  return clocks ?? reading("cpufreq", [], [["frequencyMHz", "no cpufreq files, and /proc/cpuinfo gives no clock"]]);
}
