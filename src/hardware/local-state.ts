import { setTimeout as sleep } from "node:timers/promises";
import { readProcStat } from "./formats/proc-stat.js";
import { reading, type CpuSelection, type Reading } from "./formats/reading.js";
import { probeBandwidthGBs } from "./local/bandwidth.js";
import { readCounters } from "./local/counters.js";
import { readSystemFile } from "./local/files.js";
import { readFrequency } from "./local/frequency.js";
import { probeRunDelay } from "./local/run-delay.js";
import { mergeReadings, type Snapshot } from "./snapshot.js";
import { STATE_FIELDS } from "./state-fields.js";

export interface LocalStateOptions {
  /** Cores that the model will run on. Default: all. */
  readonly cpus?: readonly number[];
  /** How long utilization and counters are observed. Default: 1000 ms, the shortest that repeats well. */
  readonly intervalMs?: number;
}

async function readUtilization(cpus: CpuSelection, intervalMs: number): Promise<Reading> {
  const before = await readSystemFile("/proc/stat");
  await sleep(intervalMs);
  const after = await readSystemFile("/proc/stat");
  if ("reason" in before) return reading("/proc/stat", [], [["utilization", before.reason]]);
  if ("reason" in after) return reading("/proc/stat", [], [["utilization", after.reason]]);
  const found = readProcStat(`${before.text}\n${after.text}`, cpus);
  return found ?? reading("/proc/stat", [], [["utilization", "/proc/stat has no cpu lines"]]);
}

/** Numbers of the cores that are online, as /proc/stat names them. */
async function onlineCpus(): Promise<readonly number[]> {
  const stat = await readSystemFile("/proc/stat");
  return "text" in stat ? [...stat.text.matchAll(/^cpu(\d+) /gm)].map((match) => Number(match[1])) : [];
}

/**
 * State of this Linux machine now: utilization and counters over the interval, then clock, bandwidth and run delay by
 * short probes (about 0.2 s), which come last so that the utilization does not see them. Every field that cannot be
 * read is listed in `missing` with its reason; on other systems that is all of them.
 */
export async function readLocalState(options: LocalStateOptions = {}): Promise<Snapshot> {
  if (process.platform !== "linux") {
    const reason = `reading the state of this machine is known for Linux only, not ${process.platform}`;
    return mergeReadings([reading("local", [], STATE_FIELDS.map((field) => [field, reason] as const))]);
  }
  const { cpus, intervalMs = 1_000 } = options;
  const [utilization, counters] = await Promise.all([readUtilization(cpus, intervalMs), readCounters(cpus, intervalMs)]);
  const frequency = await readFrequency(cpus ?? (await onlineCpus()), cpus);
  const bandwidth = reading("bandwidth probe", [["bandwidthGBs", probeBandwidthGBs()]]);
  const runDelay = await probeRunDelay();
  return mergeReadings([utilization, frequency, bandwidth, runDelay, counters]);
}
