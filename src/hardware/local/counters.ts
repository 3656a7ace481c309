import { spawn } from "node:child_process";
import { readPerf } from "../formats/perf.js";
import { reading, type CpuSelection, type Reading } from "../formats/reading.js";
import { COUNTER_NAMES } from "../state-fields.js";

/** By the names that one or another processor's perf knows. */
export const PERF_EVENTS: readonly string[] = [
  "instructions",
  "cycles",
  "L1-dcache-loads",
  "L1-dcache-stores",
  "l2d_cache",
  "l2_cache_accesses",
  "LLC-loads",
  "cpu-clock",
  "duration_time",
];

interface Finished {
  readonly output: string;
  readonly error: string | null;
}

/** Runs a tool and collects its stderr, where perf prints its counts. Never throws. */
function run(command: string, args: readonly string[], timeoutMs: number): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], timeout: timeoutMs });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "ENOENT" ? `${command} is not installed` : `${command} failed: ${error.message}`;
      resolve({ output, error: reason });
    });
    child.once("close", (status) => resolve({ output, error: status === 0 ? null : `${command} ended with ${status}` }));
  });
}

const unavailable = (source: string, reason: string): Reading =>
  reading(source, [], COUNTER_NAMES.map((name) => [`counters.${name}`, reason] as const));

/** First line of what a tool says when it refuses, without its markup. */
function firstComplaint(output: string): string | undefined {
  return output.split("\n").map((line) => line.trim()).find((line) => line !== "" && line !== "Error:");
}

const LOCKED = /perf_event_paranoid|perf_harden|limited|permission|not permitted/i;

/** What to do about a tool's complaint; empty where nothing is known to help. */
function adviceFor(complaint: string, whole: string): string {
  if (!LOCKED.test(complaint) && !LOCKED.test(whole)) return "";
  return ": counting whole cores needs, as root, sysctl kernel.perf_event_paranoid=0 (Android: setprop security.perf_harden 0), or root itself";
}

/** The command line that counts what a state holds on these cores, or on all, over an interval. */
export function perfCommand(events: readonly string[], cpus: CpuSelection, intervalMs: number): readonly string[] {
  const where = cpus === undefined ? ["-a"] : ["-C", cpus.join(",")];
  return ["perf", "stat", "-x,", ...where, ...events.flatMap((event) => ["-e", event]), "sleep", (intervalMs / 1e3).toFixed(3)];
}

/** The events without the one that perf does not know on this processor: it then counts nothing. Null: it knew all. */
export function withoutUnknown(events: readonly string[], output: string): readonly string[] | null {
  const [, unknown] = /(?:event syntax error|unknown event|Bad event name):? '?([^'\s]+)/i.exec(output) ?? [];
  return unknown !== undefined && events.includes(unknown) ? events.filter((event) => event !== unknown) : null;
}

/**
 * Counters out of what a tool printed; each with a reason where it does not give it.
 *
 * @param read of the tool's format
 * @param error how the tool failed; null where it did not
 */
export function countersFrom(tool: string, output: string, error: string | null, read: (text: string) => Reading | null = readPerf): Reading {
  const counts = read(output);
  if (counts !== null && error === null) {
    const absent = COUNTER_NAMES.map((name) => [`counters.${name}`, `${tool} has no such event here`] as const);
    return reading(counts.source, counts.values, [...absent, ...counts.reasons]);
  }
  const complaint = firstComplaint(output);
  if (complaint === undefined) return unavailable(tool, error ?? `${tool} printed nothing`);
  return unavailable(tool, `${tool}: ${complaint}${adviceFor(complaint, output)}`);
}

/** Counters of the cores over an interval, through `perf stat`; each with a reason where perf does not give it. */
export async function readCounters(cpus: CpuSelection, intervalMs: number): Promise<Reading> {
  for (let events = PERF_EVENTS; ; ) {
    const [command = "", ...args] = perfCommand(events, cpus, intervalMs);
    const { output, error } = await run(command, args, intervalMs + 5_000);
    const fewer = error === null ? null : withoutUnknown(events, output);
    if (fewer === null) return countersFrom("perf", output, error);
    events = fewer;
  }
}
