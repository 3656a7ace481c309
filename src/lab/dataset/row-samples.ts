import type { ProbeReading } from "../engines/engine.js";
import type { FailedRow, IdleRow, LoadedRow } from "./row.js";

/** Rows for tests: plausible, and on whole microseconds so that packing loses nothing. */

export function sampleProbe(cpuNs: number): ProbeReading {
  const interval = { wallNs: cpuNs, cpuNs, runDelayNs: 0 };
  return { compute: interval, memory: { ...interval, trafficBytes: 1 << 27 } };
}

export function sampleIdle(fields: Partial<IdleRow> = {}): IdleRow {
  return {
    kind: "idle",
    id: "resnet-1",
    family: "resnet",
    round: 1,
    runsUs: [12_345, 12_400],
    wallNs: 24_745_000,
    cpuNs: 24_700_000,
    runDelayNs: 3000,
    sessionMs: 31.5,
    probeBefore: sampleProbe(8_000_000),
    probeAfter: sampleProbe(8_100_000),
    state: { utilization: 0.01, bandwidthGBs: 22.5, runDelayRatio: 0 },
    stateRaw: {
      windowMs: 1012.5,
      busy: [0.02, 0.81],
      steal: [0, 0],
      own: 0.8,
      utilizationGenerator: null,
      trafficGenerator: null,
      probes: [],
    },
    at: "2026-01-02T03:04:05.678Z",
    machine: "0123456789ab",
    ...fields,
  };
}

export function sampleLoaded(fields: Partial<LoadedRow> = {}): LoadedRow {
  return {
    ...sampleIdle(),
    kind: "loaded",
    block: 1,
    attempt: 1,
    load: { name: "u50t0", utilization: 0.5, trafficGBs: 0 },
    during: { utilization: { cpuShare: 0.34, trafficGBs: 0 }, traffic: null },
    ...fields,
  };
}

export function sampleFailure(fields: Partial<FailedRow> = {}): FailedRow {
  return {
    kind: "failed",
    part: "idle",
    id: "vgg-3",
    family: "vgg",
    round: 1,
    error: "[ONNXRuntimeError] : 1 : FAIL",
    at: "2026-01-02T03:04:05.678Z",
    machine: "0123456789ab",
    ...fields,
  };
}
