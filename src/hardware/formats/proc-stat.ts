import { reading, type CpuSelection, type Reading } from "./reading.js";

/** Jiffies of one core, or of all of them, since boot. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/**
 * The `cpu` lines of one /proc/stat, by core ("" for the line that sums all). Busy is everything but idle and iowait;
 * steal counts as busy, because the core was not there to be used. guest is part of user already (proc(5)).
 */
export function cpuTimes(text: string): ReadonlyMap<string, readonly CpuTimes[]> {
  const byCpu = new Map<string, CpuTimes[]>();
  for (const match of text.matchAll(/^cpu(\d*)[ \t]+(\d+(?:[ \t]+\d+){3,})[ \t]*$/gm)) {
    const [, cpu = "", numbers = ""] = match;
    const jiffies = numbers.split(/\s+/).map(Number).slice(0, 8);
    const total = jiffies.reduce((sum, value) => sum + value, 0);
    const busy = total - (jiffies[3] ?? 0) - (jiffies[4] ?? 0);
    byCpu.set(cpu, [...(byCpu.get(cpu) ?? []), { busy, total }]);
  }
  return byCpu;
}

/** Busy share between two readings of the same cores, or null where no time passed. */
export function busyShare(pairs: readonly (readonly [CpuTimes, CpuTimes])[]): number | null {
  const busy = pairs.reduce((sum, [before, after]) => sum + after.busy - before.busy, 0);
  const total = pairs.reduce((sum, [before, after]) => sum + after.total - before.total, 0);
  return total > 0 ? Math.min(1, Math.max(0, busy / total)) : null;
}

const BOOT: CpuTimes = { busy: 0, total: 0 };

/**
 * Utilization out of /proc/stat: between the first and the last snapshot in the text, or since boot where there is
 * only one. null: no such lines.
 */
export function readProcStat(text: string, cpus: CpuSelection): Reading | null {
  const byCpu = cpuTimes(text);
  if (byCpu.size === 0) return null;
  const names = cpus?.map(String) ?? (byCpu.has("") ? [""] : [...byCpu.keys()]);
  const pairs: [CpuTimes, CpuTimes][] = [];
  let sinceBoot = false;
  for (const name of names) {
    const times = byCpu.get(name);
    const last = times?.at(-1);
    if (times === undefined || last === undefined) {
      return reading("/proc/stat", [], [["utilization", `/proc/stat has no line for cpu${name}`]]);
    }
    sinceBoot ||= times.length === 1;
    pairs.push([times.length === 1 ? BOOT : (times[0] ?? BOOT), last]);
  }
  const share = busyShare(pairs);
  const source = sinceBoot ? "/proc/stat (since boot)" : "/proc/stat (between two readings)";
  if (share === null) return reading(source, [], [["utilization", "no time passed between the two readings"]]);
  return reading(source, [["utilization", share]]);
}
