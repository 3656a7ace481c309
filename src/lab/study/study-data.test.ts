import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelFeatures } from "../../features/model-features.js";
import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import { sampleFailure, sampleIdle, sampleLoaded, sampleProbe } from "../dataset/row-samples.js";
import type { Kernel } from "../engines/engine.js";
import { Catalog } from "../measure/catalog.js";
import { FIRST, limited, type Plan } from "../measure/plan.js";
import { loadCorpus } from "../train/load-corpus.js";
import { zooModel } from "../zoo/index.js";
import { studyPage } from "./page.js";
import { type StudyData, studyDataOf } from "./study-data.js";

const MACHINE = { id: "0123456789ab", cpu: "Toy", cores: 2, simd: "avx2", engine: "ncnn", engineVersion: "1.0", threads: 1, governor: null, missing: [] };
const PLAN: Plan = { ...limited(FIRST, 1), sweep: { ...FIRST.sweep, convolutions: 12, operators: 6, patterns: 0 } };

const NETWORK = { id: "squeezenet-0", family: "squeezenet" };

/** Writes rows into a folder as a recorder would. */
function datasetIn(folder: string): (name: string, rows: readonly object[]) => void {
  writeFileSync(join(folder, "machine.json"), JSON.stringify(MACHINE));
  writeFileSync(join(folder, "plan.json"), JSON.stringify(PLAN));
  return (name, rows) => writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

describe("a dataset of an engine whose profiler is not read", () => {
  const folder = mkdtempSync(join(tmpdir(), "study-"));
  let data: StudyData;
  beforeAll(async () => {
    const catalog = new Catalog(PLAN);
    const write = datasetIn(folder);
    write("sweep.jsonl", catalog.sweepIds.map((id) => ({ ...sampleIdle({ id, family: "sweep", runsUs: [50, 50] }), kind: "sweep", kernels: [] })));
    write("idle.jsonl", [sampleIdle({ ...NETWORK, round: 1 }), sampleIdle({ ...NETWORK, round: 2 }), sampleFailure()]);
    write("loaded.jsonl", [
      sampleLoaded({
        ...NETWORK,
        round: 1,
        runsUs: [20_000],
        probeBefore: sampleProbe(8_000_000),
        probeAfter: sampleProbe(8_000_000),
        load: { name: "u50t4", utilization: 0.5, trafficGBs: 4 },
        during: { utilization: null, traffic: { cpuShare: 0.5, trafficGBs: 3.5 } },
      }),
    ]);
    data = studyDataOf(await loadCorpus(folder), "toy");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("counts operators run alone as its kernels, and its convolutions by whole runs", () => {
    expect(data.profiled).toBe(false);
    expect(data.kernels.length).toBeGreaterThan(6);
    expect(data.kernels.every(({ us }) => Math.abs(us - 50) < 1e-9)).toBe(true);
    expect(data.convolutions.length).toBeGreaterThan(0);
    expect(data.convolutions.every(({ latencyUs }) => Math.abs(latencyUs - 50) < 1e-9)).toBe(true);
  });

  it("keeps networks without shares of operators, their slowdown, and what was really moved", () => {
    expect(data.networks).toHaveLength(1);
    // Published: 0.35 G multiply-accumulates.
    expect((data.networks[0]?.flops ?? 0) / 2e9).toBeCloseTo(0.35, 1);
    expect(data.networks[0]?.classUs).toBeNull();
    expect(data.failures).toBe(1);
    const [load] = data.loads;
    expect(load).toMatchObject({ asked: { utilization: 0.5, trafficGBs: 4 }, trafficGBs: 3.5, frequencyMHz: null });
    expect(load?.slowdown).toBeCloseTo(20_000 / (data.networks[0]?.us ?? 0), 9);
  });

  it("gives a page that leaves out what needs a profile and says so", () => {
    const { markdown } = studyPage([data], "figures");
    expect(markdown).toContain("no profile of ncnn is read");
    expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("a dataset whose profiles name no kernels", () => {
  const folder = mkdtempSync(join(tmpdir(), "study-profiled-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const { facts } = modelFeatures(buildGraph(readOnnx(zooModel(NETWORK.id).onnx)), { engine: "ncnn", channelBlock: 0 });
  const products = facts.filter(({ macs }) => macs > 0);
  /** Every product takes 10 us, everything else together as much as they do times `rest`. */
  const profiledNetwork = async (rest: number): Promise<StudyData["networks"][number] | undefined> => {
    const layer = (op: string, meanUs: number, told: Partial<Kernel> = {}): Kernel => ({ op, domain: null, key: null, inputs: [], medianUs: meanUs, meanUs, ...told });
    const kernels = [...products.map(({ macs }) => layer("Convolution", 10, { macs })), layer("Split", rest * 10 * products.length)];
    datasetIn(folder)("idle.jsonl", [sampleIdle({ ...NETWORK, kernels })]);
    return studyDataOf(await loadCorpus(folder), "toy").networks[0];
  };

  it("shares latencies out by class, and what is no kernel as other", async () => {
    const { classUs: times, us = 0 } = (await profiledNetwork(0.1)) ?? {};
    const total = [...(times ?? [])].reduce((sum, [, own]) => sum + own, 0);
    expect(total / us).toBeCloseTo(1, 6);
    expect((times?.get("other") ?? 0) / total).toBeCloseTo(0.1 / 1.1, 6);
    const pointwise = products.filter(({ kernelClass }) => kernelClass === "conv-pointwise").length;
    expect((times?.get("conv-pointwise") ?? 0) / total).toBeCloseTo(pointwise / products.length / 1.1, 6);
  });

  it("says nothing of a network most of whose time is no kernel's", async () => {
    expect((await profiledNetwork(9))?.classUs).toBeNull();
  });
});
