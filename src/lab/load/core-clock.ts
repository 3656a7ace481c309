import { readdirSync, readFileSync } from "node:fs";

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

/** CPU time of a process so far, by two clocks: neither is exact and complete at once. */
export interface ProcessCpu {
  /** Of the threads that live, to the nanosecond. One that ends takes its time along. */
  readonly livingNs: number;
  /** Of all threads that there were, in jiffies; user and system time are rounded down each. */
  readonly allNs: number;
}

const NS_PER_JIFFY = MS_PER_JIFFY * 1e6;
/** Fields of /proc/<pid>/stat behind the name of the program, which may hold spaces. */
const USER_TIME_FIELD = 11;
const SYSTEM_TIME_FIELD = 12;

/** Now, or null where it is not told. */
export function processCpu(pid: number): ProcessCpu | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const jiffies = Number(fields[USER_TIME_FIELD]) + Number(fields[SYSTEM_TIME_FIELD]);
    return { livingNs: livingThreadsNs(pid), allNs: jiffies * NS_PER_JIFFY };
  } catch {
    return null;
  }
}

function livingThreadsNs(pid: number): number {
  let total = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // It has ended since the folder was read.
    }
  }
  return total;
}

/**
 * CPU time of a process between two samples: exact where no thread ended that worked, else short of at most two jiffies.
 * An engine may compute in threads of its own, and end them with the model that they were made for.
 */
export function cpuBetweenNs(before: ProcessCpu, after: ProcessCpu): number {
  return Math.max(after.livingNs - before.livingNs, after.allNs - before.allNs - 2 * NS_PER_JIFFY);
}
