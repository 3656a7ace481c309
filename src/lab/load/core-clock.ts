import { readFileSync } from "node:fs";

/** Jiffies of one core since boot, from one `cpu<n>` line of /proc/stat. */
export interface CoreTimes {
  /** Idle or waiting for a disk. Counted by the clock, unlike the busy fields, which sample at the timer's tick. */
  readonly idle: number;
  /** Time that the hypervisor gave to others. */
  readonly steal: number;
}

export interface CoreSample {
  readonly atMs: number;
  readonly cores: readonly CoreTimes[];
}

/** Shares of the time between two samples, 0..1, by core. */
export interface CoreShares {
  readonly windowMs: number;
  /** Everything that is not idle, whoever used it. */
  readonly busy: readonly number[];
  readonly steal: readonly number[];
}

/** USER_HZ: /proc/stat counts in hundredths of a second on every Linux architecture in use. */
const MS_PER_JIFFY = 10;
const IDLE_FIELD = 3;
const IOWAIT_FIELD = 4;
const STEAL_FIELD = 7;

/** The per-core lines of /proc/stat, in the order of the cores. */
export function parseCoreTimes(text: string): readonly CoreTimes[] {
  return text
    .split("\n")
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => {
      const fields = line.trim().split(/\s+/).slice(1).map(Number);
      return { idle: (fields[IDLE_FIELD] ?? 0) + (fields[IOWAIT_FIELD] ?? 0), steal: fields[STEAL_FIELD] ?? 0 };
    });
}

/** Now, or null where the system has no /proc/stat. */
export function sampleCores(): CoreSample | null {
  try {
    return { atMs: performance.now(), cores: parseCoreTimes(readFileSync("/proc/stat", "utf8")) };
  } catch {
    return null;
  }
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** Resolves to about 10 ms / window: a second gives 1 %. */
export function sharesBetween(before: CoreSample, after: CoreSample): CoreShares {
  const windowMs = after.atMs - before.atMs;
  const share = (field: keyof CoreTimes) =>
    after.cores.map((core, i) => clampShare(((core[field] - (before.cores[i]?.[field] ?? 0)) * MS_PER_JIFFY) / windowMs));
  return { windowMs, busy: share("idle").map((idle) => 1 - idle), steal: share("steal") };
}

/** CPU time of a process's main thread in ns (/proc/<pid>/schedstat), or null where it is not told. */
export function threadCpuNs(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return null;
  }
}
