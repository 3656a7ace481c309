import type { Interval, Kernel, ProbeReading } from "../engines/engine.js";
import type { StateRaw } from "../load/state.js";
import type { Row } from "./row.js";

/** First line of a packed file. */
export const PACKED_HEADER = { format: "tempograph-rows", version: 1 } as const;

/** [wall, cpu, run delay] in µs. */
type PackedInterval = readonly [number, number, number | null];
/** Compute, memory, bytes of traffic. */
type PackedProbe = readonly [PackedInterval, PackedInterval, number];
/** [op, domain, key, inputs joined by a space, median µs, mean µs, MACs where the engine tells them] */
type PackedKernel = readonly [string, string | null, string | null, string, number, number, number?];

export function isPackedHeader(value: unknown): boolean {
  return typeof value === "object" && value !== null && "format" in value && value.format === PACKED_HEADER.format;
}

/** The first run in 0.1 µs below 100 µs, in µs above: a resolution of at least 1 %, mostly far better. */
export function roundUs(us: number): number {
  return us < 100 ? Math.round(us * 10) / 10 : Math.round(us);
}

const NS_PER_US = 1000;

function packInterval({ wallNs, cpuNs, runDelayNs }: Interval): PackedInterval {
  const us = (ns: number) => Math.round(ns / NS_PER_US);
  return [us(wallNs), us(cpuNs), runDelayNs === null ? null : us(runDelayNs)];
}

function unpackInterval([wall, cpu, delay]: PackedInterval): Interval {
  return { wallNs: wall * NS_PER_US, cpuNs: cpu * NS_PER_US, runDelayNs: delay === null ? null : delay * NS_PER_US };
}

function packProbe({ compute, memory }: ProbeReading): PackedProbe {
  return [packInterval(compute), packInterval(memory), memory.trafficBytes];
}

function unpackProbe([compute, memory, trafficBytes]: PackedProbe): ProbeReading {
  return { compute: unpackInterval(compute), memory: { ...unpackInterval(memory), trafficBytes } };
}

function packKernel({ op, domain, key, inputs, medianUs, meanUs, macs }: Kernel): PackedKernel {
  const common = [op, domain, key, inputs.join(" "), medianUs, meanUs] as const;
  return macs === undefined ? common : [...common, macs];
}

function unpackKernel([op, domain, key, inputs, medianUs, meanUs, macs]: PackedKernel): Kernel {
  const common = { op, domain, key, inputs: inputs === "" ? [] : inputs.split(" "), medianUs, meanUs };
  return macs === undefined ? common : { ...common, macs };
}

/** Four decimals: shares and rates are not known better. */
function roundNumbers<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === "number" ? Math.round(item * 1e4) / 1e4 : item,
  ) as T;
}

function packStateRaw({ probes, ...rest }: StateRaw) {
  return { ...roundNumbers(rest), probes: probes.map(packProbe) };
}

/** One row as it stands in a packed file: times as arrays in µs, rounded. A failed row stays as it is. */
export function packRow(row: Row) {
  if (row.kind === "failed") return row;
  const { wallNs, cpuNs, runDelayNs, runsUs, probeBefore, probeAfter, stateRaw, kernels, ...rest } = { kernels: undefined, ...row };
  return {
    ...roundNumbers(rest),
    total: packInterval({ wallNs, cpuNs, runDelayNs }),
    runsUs: runsUs.map(roundUs),
    probeBefore: probeBefore === null ? null : packProbe(probeBefore),
    probeAfter: probeAfter === null ? null : packProbe(probeAfter),
    stateRaw: packStateRaw(stateRaw),
    ...(kernels === undefined ? {} : { kernels: kernels.map(packKernel) }),
  };
}

interface PackedMeasured {
  readonly kind: "sweep" | "idle" | "loaded";
  readonly total: PackedInterval;
  readonly probeBefore: PackedProbe | null;
  readonly probeAfter: PackedProbe | null;
  readonly stateRaw: Omit<StateRaw, "probes"> & { readonly probes: readonly PackedProbe[] };
  readonly kernels?: readonly PackedKernel[];
}

/** The inverse of packRow, up to its rounding. `value` is a parsed line of a packed file. */
export function unpackRow(value: unknown): Row {
  const packed = value as PackedMeasured | Extract<Row, { kind: "failed" }>;
  if (packed.kind === "failed") return packed;
  const { total, probeBefore, probeAfter, stateRaw, kernels, ...rest } = packed;
  return {
    ...rest,
    ...unpackInterval(total),
    probeBefore: probeBefore === null ? null : unpackProbe(probeBefore),
    probeAfter: probeAfter === null ? null : unpackProbe(probeAfter),
    stateRaw: { ...stateRaw, probes: stateRaw.probes.map(unpackProbe) },
    ...(kernels === undefined ? {} : { kernels: kernels.map(unpackKernel) }),
  } as unknown as Row;
}
