import { cpuTimes } from "./proc-stat.js";
import { reading, type Reading } from "./reading.js";

/** Cores that the rest of the text names, by /proc/stat or /proc/cpuinfo; 0 when it names none. */
function coreCount(text: string): number {
  const stat = [...cpuTimes(text).keys()].filter((cpu) => cpu !== "").length;
  const cpuinfo = new Set([...text.matchAll(/^processor\s*:\s*(\d+)/gm)].map((match) => match[1])).size;
  return Math.max(stat, cpuinfo);
}

/**
 * /proc/loadavg: an estimate of the utilization, the one-minute average of runnable tasks per core, cut at 1. Without
 * a count of the cores in the same text it says nothing. null: no such line.
 */
export function readLoadavg(text: string): Reading | null {
  const line = /^(\d+\.\d+) \d+\.\d+ \d+\.\d+ \d+\/\d+ \d+\s*$/m.exec(text);
  if (line === null) return null;
  const cores = coreCount(text);
  if (cores === 0) {
    const reason = "/proc/loadavg counts tasks, not busy time; add /proc/stat, or /proc/cpuinfo for the number of cores";
    return reading("/proc/loadavg", [], [["utilization", reason]]);
  }
  return reading("/proc/loadavg (estimate)", [["utilization", Math.min(1, Number(line[1]) / cores)]]);
}
