import { spawn } from "node:child_process";
import { readPerf } from "../formats/perf.js";
import { reading, type CpuSelection, type Reading } from "../formats/reading.js";
import { COUNTER_NAMES } from "../state-fields.js";

const EVENTS = [
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

const unavailable = (reason: string): Reading =>
  reading("perf", [], COUNTER_NAMES.map((name) => [`counters.${name}`, reason] as const));

/** First line of what perf says when it refuses, without its markup. */
function firstComplaint(output: string): string | undefined {
  return output.split("\n").map((line) => line.trim()).find((line) => line !== "" && line !== "Error:");
}

/** Counters of the cores over an interval, through `perf stat`; each with a reason where perf does not give it. */
export async function readCounters(cpus: CpuSelection, intervalMs: number): Promise<Reading> {
  const where = cpus === undefined ? ["-a"] : ["-C", cpus.join(",")];
  const events = EVENTS.flatMap((event) => ["-e", event]);
  const seconds = (intervalMs / 1e3).toFixed(3);
  const { output, error } = await run("perf", ["stat", "-x,", ...where, ...events, "sleep", seconds], intervalMs + 5_000);
  const counts = readPerf(output);
  if (counts !== null && error === null) {
    const absent = COUNTER_NAMES.map((name) => [`counters.${name}`, "perf has no such event here"] as const);
    return reading(counts.source, counts.values, [...absent, ...counts.reasons]);
  }
  const complaint = firstComplaint(output);
  return unavailable(complaint === undefined ? (error ?? "perf printed nothing") : `perf: ${complaint}`);
}
