import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { modelFeatures } from "../../features/model-features.js";
import type { IdleRow } from "../dataset/row.js";
import type { Kernel } from "../engines/engine.js";
import { networkProfiles, profileParts, timedNetworks } from "./network-profiles.js";

const timed = (op: string, meanUs: number, told: Partial<Kernel> = {}): Kernel => ({
  op,
  domain: null,
  key: null,
  inputs: [],
  medianUs: meanUs,
  meanUs,
  ...told,
});

/** A convolution that takes its Relu in, a pooling, another convolution. */
const network = new Network();
const first = network.node("Relu", [network.conv(network.input([1, 8, 8, 8]), 8, 16)]);
const pooled = network.node("GlobalAveragePool", [first]);
const FEATURES = modelFeatures(network.graph(network.conv(pooled, 16, 4)), { engine: "ncnn", channelBlock: 0 });
const MACS = FEATURES.facts.map(({ macs }) => macs);
const rowOf = (kernelClass: string): number => FEATURES.facts.findIndex((facts) => facts.kernelClass === kernelClass);

describe("parts of a network by an engine's profile", () => {
  it("are found by kind and MACs, and scaled to the network's latency", () => {
    const [conv, pooling, last] = [rowOf("conv"), rowOf("global-pool"), FEATURES.facts.findLastIndex(({ kernelClass }) => kernelClass === "conv")];
    const profile = [timed("Convolution", 6, { macs: MACS[conv] ?? 0 }), timed("Split", 1), timed("Pooling:global", 2), timed("InnerProduct", 1, { macs: MACS[last] ?? 0 })];
    expect(profileParts(FEATURES, profile, 100)).toEqual([
      { kernels: [conv], latencyUs: 60 },
      { kernels: [pooling], latencyUs: 20 },
      { kernels: [last], latencyUs: 10 },
    ]);
  });

  it("are found by the nodes that the profile names", () => {
    const names = FEATURES.graph.nodes.map(({ name }) => name);
    const profile = [timed("Convolution", 3, { key: names[1] ?? "" }), timed("Raster", 1, { key: "layout" }), timed("Pooling", 1, { key: names[2] ?? "" })];
    expect(profileParts(FEATURES, profile, 10)).toEqual([
      { kernels: [rowOf("conv")], latencyUs: 6 },
      { kernels: [rowOf("global-pool")], latencyUs: 2 },
    ]);
  });

  it("are none of a profile that is empty or took no time", () => {
    expect(profileParts(FEATURES, [], 10)).toEqual([]);
    expect(profileParts(FEATURES, [timed("Pooling:global", 0)], 10)).toEqual([]);
  });
});

describe("networks that a profile times", () => {
  it("are counted, with the share of their latency", () => {
    const part = (latencyUs: number) => ({ kernels: [0], latencyUs });
    expect(timedNetworks([{ latencyUs: 10, parts: [part(4), part(4)] }, { latencyUs: 10, parts: [part(6)] }, { latencyUs: 10, parts: [] }, { latencyUs: 10 }])).toEqual({
      networks: 2,
      share: 0.7,
    });
    expect(timedNetworks([])).toEqual({ networks: 0, share: 0 });
  });
});

describe("profiles of a dataset's networks", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "profiles-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const row = (id: string, us?: number): IdleRow => ({ kind: "idle", id, ...(us === undefined ? {} : { kernels: [timed("ReLU", us)] }) }) as unknown as IdleRow;

  it("are those of its rows, and of what was recorded beside it", async () => {
    const data = join(folder, "data");
    const rows = [row("resnet-0", 1), row("resnet-0"), row("vgg-0")];
    expect([...(await networkProfiles(data, rows))].map(([id]) => id)).toEqual(["resnet-0"]);
    mkdirSync(`${data}-profiles`);
    writeFileSync(join(`${data}-profiles`, "idle.jsonl.gz"), gzipSync([row("resnet-0", 5), row("vgg-0", 7)].map((each) => JSON.stringify(each)).join("\n")));
    const profiles = await networkProfiles(`${data}/`, rows);
    expect(profiles.get("resnet-0")?.[0]?.meanUs).toBe(1);
    expect(profiles.get("vgg-0")?.[0]?.meanUs).toBe(7);
  });
});
