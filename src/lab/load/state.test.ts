import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { sampleProbe } from "../dataset/row-samples.js";
import { cpuBetweenNs, parseCoreTimes, processCpu, sampleCores, sharesBetween } from "./core-clock.js";
import { ratesBetween } from "./generator.js";
import { probeBandwidthGBs, probeDelayRatio, stateFrom } from "./state.js";

const STAT = `cpu  300 0 60 700 20 0 0 5 0 0
cpu0 100 0 30 400 10 0 0 2 0 0
cpu1 200 0 30 300 10 0 0 3 0 0
intr 12345
ctxt 678
`;

describe("core times", () => {
  it("takes idle and waiting time of each core from /proc/stat, not the sum line", () => {
    expect(parseCoreTimes(STAT)).toEqual([
      { idle: 410, steal: 2 },
      { idle: 310, steal: 3 },
    ]);
  });

  it("calls busy what was not idle", () => {
    const before = { atMs: 0, cores: [{ idle: 410, steal: 2 }] };
    const after = { atMs: 1000, cores: [{ idle: 440, steal: 12 }] };
    const shares = sharesBetween(before, after);
    expect(shares.busy[0]).toBeCloseTo(0.7);
    expect(shares.steal[0]).toBeCloseTo(0.1);
  });

  it("count what a process used by the clock of its living threads, and by the coarser one of all where threads ended", () => {
    const before = { livingNs: 500e6, allNs: 900e6 };
    expect(cpuBetweenNs(before, { livingNs: 503e6, allNs: 900e6 })).toBe(3e6);
    expect(cpuBetweenNs(before, { livingNs: 200e6, allNs: 1_400e6 })).toBe(480e6);
  });

  it.skipIf(process.platform !== "linux")("know what threads used that have ended", async () => {
    const before = processCpu(process.pid);
    const spin = `const end = performance.now() + 100; while (performance.now() < end);`;
    await once(new Worker(spin, { eval: true }), "exit");
    const after = processCpu(process.pid);
    const used = before === null || after === null ? null : cpuBetweenNs(before, after);
    expect(used).toBeGreaterThan(0);
    expect((after?.allNs ?? 0) - (before?.allNs ?? 0)).toBeGreaterThan(0);
    expect(processCpu(0)).toBeNull();
  });

  it.skipIf(process.platform !== "linux")("reads this machine's cores", () => {
    expect(sampleCores()?.cores.length).toBeGreaterThan(0);
  });
});

describe("hardware state", () => {
  const shares = { windowMs: 1000, busy: [0.1, 0.75], steal: [0, 0] };

  it("counts what others use of the model's core, without the model's own process", () => {
    const state = stateFrom(shares, [1], 0.25, [sampleProbe(8_000_000)]);
    expect(state).toEqual({ utilization: 0.5, bandwidthGBs: 16.7772, runDelayRatio: 0 });
  });

  it("is the mean over the cores of a model that has several", () => {
    expect(stateFrom(shares, [0, 1], 0.25, []).utilization).toBe(0.3);
    expect(stateFrom(shares, [0, 7], 0.25, [])).toEqual({});
  });

  it("leaves out what is not known", () => {
    expect(stateFrom(null, [0], null, [])).toEqual({});
  });

  it("counts the memory probe's bandwidth over CPU time and its waiting apart", () => {
    const interval = { wallNs: 12e6, cpuNs: 8e6, runDelayNs: 4e6 };
    const probe = { compute: interval, memory: { ...interval, trafficBytes: 160e6 } };
    expect(probeBandwidthGBs(probe)).toBe(20);
    expect(probeDelayRatio([probe, probe])).toBe(0.5);
    expect(probeDelayRatio([{ ...probe, compute: { ...interval, runDelayNs: null } }])).toBeNull();
  });
});

describe("generator rates", () => {
  it("are averages between two reports", () => {
    const before = { atNs: 0, cpuNs: 100, trafficBytes: 1e9 };
    const after = { atNs: 2e9, cpuNs: 1e9 + 100, trafficBytes: 9e9 };
    expect(ratesBetween(before, after)).toEqual({ cpuShare: 0.5, trafficGBs: 4 });
    expect(ratesBetween(before, before)).toEqual({ cpuShare: 0, trafficGBs: 0 });
  });
});
