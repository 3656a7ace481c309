import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { modelFeatures } from "../../features/model-features.js";
import type { SweepRow } from "../dataset/row.js";
import { meanState, sweepExamples } from "./row-examples.js";

describe("a kernel that ran alone", () => {
  const network = new Network();
  const conv = network.conv(network.input([1, 16, 8, 8]), 16, 16);
  const graphs = new Map([
    ["one", network.graph(conv)],
    ["two", network.graph(network.node("Softmax", [conv]))],
  ]);
  /** A MADE-UP pass. */
  const pass = (id: string): SweepRow => ({
    kind: "sweep",
    id,
    family: "",
    round: 1,
    sessionMs: 0,
    state: {},
    at: "2026-01-01T00:00:00Z",
    machine: "",
    wallNs: 1e5,
    cpuNs: 1e5,
    runDelayNs: null,
    runsUs: [100],
    probeBefore: null,
    probeAfter: null,
    stateRaw: { windowMs: 0, busy: null, steal: null, own: null, utilizationGenerator: null, trafficGenerator: null, probes: [] },
    kernels: [],
  });

  it("is one beside copies between layouts", () => {
    const featuresOf = (id: string) => modelFeatures(graphs.get(id) ?? network.graph(conv), { engine: "mindspore", channelBlock: 0 });
    const { alone } = sweepExamples([pass("one"), pass("two")], featuresOf, null);
    expect(alone.map(({ features, kernel }) => features.facts[kernel]?.kernelClass)).toEqual(["conv"]);
    expect(alone[0]?.latencyUs).toBeCloseTo(100, 6);
  });
});

describe("the mean of state readings", () => {
  it("is taken field by field", () => {
    const mean = meanState([
      { utilization: 0.2, bandwidthGBs: 10, frequencyMHz: 2000, runDelayRatio: 0 },
      { utilization: 0.4, bandwidthGBs: 20, frequencyMHz: 3000, runDelayRatio: 1 },
    ]);
    expect(mean.utilization).toBeCloseTo(0.3, 12);
    expect(mean).toMatchObject({ bandwidthGBs: 15, frequencyMHz: 2500, runDelayRatio: 0.5 });
  });

  it("is over the readings that have the field", () => {
    expect(meanState([{ utilization: 0.25 }, {}, { utilization: 0.75, bandwidthGBs: 8 }])).toEqual({ utilization: 0.5, bandwidthGBs: 8 });
  });

  it("leaves out what no reading has", () => {
    expect(meanState([{}, {}])).toEqual({});
    expect(meanState([])).toEqual({});
  });

  it("keeps a zero", () => {
    expect(meanState([{ runDelayRatio: 0 }])).toEqual({ runDelayRatio: 0 });
  });
});
