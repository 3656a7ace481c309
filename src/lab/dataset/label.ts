import type { ProbeReading } from "../engines/engine.js";
import type { LoadedRow } from "./row.js";
import { mean, quantile } from "./statistics.js";

/** The quiet level of a state: probes are rarely faster than this without luck, and slower ones were disturbed. */
const QUIET_QUANTILE = 0.2;

/** How a latency on the quiet machine is estimated from disturbed passes; see decisions/0008. */
export interface LabelOptions {
  /** What stands for a pass: a quantile of its runs' wall times, their mean, or the mean CPU time of a run. */
  readonly runs: number | "mean" | "cpu";
  /** What stands for the model: a quantile of its passes, or their geometric mean. */
  readonly passes: number | "mean";
  /** A pass is divided by (its probes' compute time / their quiet level) to this power; 0 leaves it as it is. */
  readonly probeExponent: number;
}

export const IDLE_LABEL: LabelOptions = { runs: 0.1, passes: "mean", probeExponent: 1 };

/** Labels of idle networks by what they are; which one a dataset has is for its own passes to say: see decisions/0008. */
export const IDLE_LABELS: ReadonlyMap<string, LabelOptions> = new Map([
  ["the geometric mean over passes of the 10th percentile of a pass, divided by its probes", IDLE_LABEL],
  ["the 20th percentile over passes of a pass's fastest run, divided by the root of its probes", { runs: 0, passes: 0.2, probeExponent: 0.5 }],
  ["the fastest run of all passes", { runs: 0, passes: 0, probeExponent: 0 }],
]);

/** What a label needs of a pass. */
export interface Pass {
  readonly runsUs: readonly number[];
  /** Of all runs together. */
  readonly cpuNs?: number;
  readonly probeBefore?: ProbeReading | null;
  readonly probeAfter?: ProbeReading | null;
}

/**
 * Latency in µs of a model on an idle device, out of passes that lie minutes apart. `quietNs` is the quiet level of the
 * compute probe; without it passes are taken as they are. Throws RangeError without passes or runs.
 */
export function label(passes: readonly Pass[], quietNs?: number, options: LabelOptions = IDLE_LABEL): number {
  const times = passes.map((pass) => passUs(pass, options.runs) / slowness(pass, quietNs) ** options.probeExponent);
  return middle(times, options.passes);
}

/** A quantile, or the geometric mean. */
function middle(times: readonly number[], how: number | "mean"): number {
  return how === "mean" ? Math.exp(mean(times.map(Math.log))) : quantile(times, how);
}

function passUs({ runsUs, cpuNs }: Pass, runs: LabelOptions["runs"]): number {
  if (runs === "cpu" && cpuNs !== undefined) return cpuNs / 1000 / runsUs.length;
  return typeof runs === "number" ? quantile(runsUs, runs) : mean(runsUs);
}

/** How much longer than on the quiet machine the compute probe took around a pass; 1 where that is not known. */
function slowness({ probeBefore, probeAfter }: Pass, quietNs: number | undefined): number {
  const probes = [probeBefore, probeAfter].filter((probe) => probe !== null && probe !== undefined);
  if (quietNs === undefined || probes.length === 0) return 1;
  return mean(probes.map(({ compute }) => compute.cpuNs)) / quietNs;
}

/** Quiet level of the compute probe in ns over many passes. Throws RangeError without probes. */
export function quietComputeNs(probes: readonly ProbeReading[]): number {
  return quantile(
    probes.map(({ compute }) => compute.cpuNs),
    QUIET_QUANTILE,
  );
}

/** CPU time in ns of a probe's fixed work: what the memory traffic and the machine's other guests make of it. */
export function probeCpuNs(probe: ProbeReading): number {
  return probe.compute.cpuNs + probe.memory.cpuNs;
}

/** CPU time in ns that the probes of one state take on the quiet machine. Throws RangeError without probes. */
export function quietProbeNs(probes: readonly ProbeReading[]): number {
  return quantile(probes.map(probeCpuNs), QUIET_QUANTILE);
}

type Visit = Pick<LoadedRow, "runsUs" | "probeBefore" | "probeAfter">;

/** Mean probe CPU time around a visit over the state's quiet level; 1 where the visit has no probes. */
export function probeInflation(visit: Visit, quietNs: number): number {
  const probes = [visit.probeBefore, visit.probeAfter].filter((probe) => probe !== null);
  return probes.length === 0 ? 1 : mean(probes.map(probeCpuNs)) / quietNs;
}

/** How a loaded latency is estimated from visits. */
export interface LoadedLabelOptions {
  /** Quantile of a visit's runs, or their mean: load that comes in slices hits few runs of a fast model, all in part. */
  readonly runs: "mean" | number;
  /** A visit is divided by its probes' inflation to this power. */
  readonly probeExponent: number;
  /** What stands for all visits: a quantile of them, or their geometric mean. */
  readonly visits: number | "mean";
}

export const LOADED_LABEL: LoadedLabelOptions = { runs: "mean", probeExponent: 1, visits: 0.2 };

/** Wall time in µs of one run in a visit, corrected by how slow the probes around it were. */
export function visitWallUs(visit: Visit, quietNs: number, options: LoadedLabelOptions = LOADED_LABEL): number {
  const wall = options.runs === "mean" ? mean(visit.runsUs) : quantile(visit.runsUs, options.runs);
  return wall / probeInflation(visit, quietNs) ** options.probeExponent;
}

/**
 * Latency in µs of one model in one load state: the middle of its visits' corrected wall times. Of a visit
 * that was repeated, the attempt with the lower inflation counts. Throws RangeError without visits.
 */
export function loadedLabel(
  visits: readonly LoadedRow[],
  quietNs: number,
  options: LoadedLabelOptions = LOADED_LABEL,
): number {
  const best = new Map<number, LoadedRow>();
  for (const visit of visits) {
    const other = best.get(visit.round);
    if (other === undefined || probeInflation(visit, quietNs) < probeInflation(other, quietNs)) best.set(visit.round, visit);
  }
  return middle(
    [...best.values()].map((visit) => visitWallUs(visit, quietNs, options)),
    options.visits,
  );
}
