import { median, quantile } from "../dataset/statistics.js";
import type { ProbeReading } from "../engines/engine.js";
import type { Protocol } from "./plan-file.js";

/** How far apart the runs of a pass are: their 90th percentile over their 10th, minus 1. */
export function spreadOf(runsUs: readonly number[]): number {
  return quantile(runsUs, 0.9) / quantile(runsUs, 0.1) - 1;
}

/** CPU time of the fixed work, so that waiting for the core is not taken for a slower one. */
function workNs(probes: readonly ProbeReading[]): number {
  return median(probes.map(({ compute, memory }) => compute.cpuNs + memory.cpuNs));
}

/** How much longer (or, below 0, shorter) the fixed work took afterwards, as a share; 0 where it was not probed. */
export function driftBetween(before: readonly ProbeReading[], after: readonly ProbeReading[]): number {
  return before.length === 0 || after.length === 0 ? 0 : workNs(after) / workNs(before) - 1;
}

/** Whether a pass can stand: runs close together, and a machine that was as fast afterwards as before. */
export function isSteady(
  runsUs: readonly number[],
  before: readonly ProbeReading[],
  after: readonly ProbeReading[],
  { maxSpread, maxDrift }: Pick<Protocol, "maxSpread" | "maxDrift">,
): boolean {
  return spreadOf(runsUs) <= maxSpread && Math.abs(driftBetween(before, after)) <= maxDrift;
}
