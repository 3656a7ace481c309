import { reading, type CpuSelection, type Reading, type Section } from "./reading.js";

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean of the `cpu MHz` lines of /proc/cpuinfo over the selected cores. null: no such lines (ARM has none). */
export function readCpuinfo(text: string, cpus: CpuSelection): Reading | null {
  const clocks: number[] = [];
  let cpu = -1;
  for (const line of text.split("\n")) {
    const processor = /^processor\s*:\s*(\d+)\s*$/.exec(line);
    if (processor) cpu = Number(processor[1]);
    const clock = /^cpu MHz\s*:\s*(\d+(?:\.\d+)?)\s*$/.exec(line);
    if (clock && (cpus === undefined || cpus.includes(cpu))) clocks.push(Number(clock[1]));
  }
  const frequency = clocks.length > 0 ? mean(clocks) : 0;
  return frequency > 0 ? reading("/proc/cpuinfo", [["frequencyMHz", frequency]]) : null;
}

const CPUFREQ_FILE = /(?:cpu(\d+)\/)?cpufreq\/(?:policy\d+\/)?(?:scaling|cpuinfo)_cur_freq$/;

/**
 * Mean over the sysfs files scaling_cur_freq or cpuinfo_cur_freq (kHz): sections headed by such a path, or a text that
 * holds nothing but one integer per line. null: none of these.
 */
export function readCpufreq(sections: readonly Section[], cpus: CpuSelection): Reading | null {
  const kilohertz = sections.flatMap(({ path, text }) => {
    const file = path === null ? null : CPUFREQ_FILE.exec(path);
    const bare = path === null && sections.length === 1;
    if ((file === null && !bare) || !/^\s*(\d{5,9}\s*)+$/.test(text)) return [];
    const cpu = file?.[1] === undefined ? null : Number(file[1]);
    return cpu !== null && cpus !== undefined && !cpus.includes(cpu) ? [] : text.trim().split(/\s+/).map(Number);
  });
  const frequency = kilohertz.length > 0 ? mean(kilohertz) / 1e3 : 0;
  return frequency > 0 ? reading("cpufreq", [["frequencyMHz", frequency]]) : null;
}
