import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { emptyCorpus } from "../../../test/helper/corpus.js";
import { syntheticIdleExamples } from "../../../test/helper/synthetic-rows.js";
import { MEMORY_TERMS, memoryTerms } from "../../features/memory-terms.js";
import { memorySums } from "../../model/process-memory.js";
import type { MeasuredMemory } from "../dataset/memory-row.js";
import { fitMemory, leftOutMemoryPairs, memoryHalfWidths, memoryPairs, memoryRecord, trainMemory } from "./memory.js";
import { loadMemory, type MemoryExample } from "./memory-examples.js";

const MIB = 2 ** 20;
const NETWORKS = syntheticIdleExamples();
/** A MADE-UP engine: what it keeps of each term. */
const KEPT = { loading: { process: 3, weights: 4 }, running: { process: 5, weights: 2, liveActivations: 1.5 } };

function exampleOf(index: number, overrides: Partial<MemoryExample> = {}): MemoryExample {
  const terms = MEMORY_TERMS.map((name, i) => (name === "process" ? 1 : ((index + 1) * (i + 2) * 37) % 101));
  const at = (name: (typeof MEMORY_TERMS)[number]): number => terms[MEMORY_TERMS.indexOf(name)] ?? NaN;
  const loadingMiB = 3 + 4 * at("weights");
  const runningMiB = 5 + 2 * at("weights") + 1.5 * at("liveActivations");
  return { id: `net-${index}`, family: `family-${index % 3}`, terms, loadingMiB, runningMiB, ...overrides };
}

const EXAMPLES = Array.from({ length: 60 }, (_, i) => exampleOf(i));

describe("sums of memory (synthetic engine)", () => {
  it("find what is kept of each term", () => {
    const { loading, running } = fitMemory(EXAMPLES);
    expect(loading.weights).toBeCloseTo(4, 3);
    expect(loading.process).toBeCloseTo(3, 1);
    expect(running.weights).toBeCloseTo(2, 3);
    expect(running.liveActivations).toBeCloseTo(1.5, 3);
  });

  it("have no negative parts, and none that they are not given", () => {
    const { running } = fitMemory(EXAMPLES.map((example) => ({ ...example, runningMiB: 1 / (1 + example.runningMiB) })), ["process", "weights"]);
    expect(Object.keys(running).every((name) => name === "process" || name === "weights")).toBe(true);
    expect(Object.values(running).every((kept) => kept > 0)).toBe(true);
  });

  it("make a peak of the larger of loading and running", () => {
    const pairs = memoryPairs(KEPT, EXAMPLES);
    for (const [i, { loadingMiB, runningMiB }] of EXAMPLES.entries()) {
      expect(pairs.running[i]?.predicted).toBeCloseTo(runningMiB, 9);
      expect(pairs.running[i]?.measured).toBe(runningMiB);
      expect(pairs.peak[i]?.predicted).toBeCloseTo(Math.max(loadingMiB, runningMiB), 9);
    }
    expect(new Set(EXAMPLES.map(({ loadingMiB, runningMiB }) => loadingMiB > runningMiB)).size).toBe(2);
  });

  it("predict each example once by other families alone", () => {
    const odd = EXAMPLES.map((example) => (example.family === "family-1" ? { ...example, runningMiB: 2 * example.runningMiB } : example));
    const { running } = leftOutMemoryPairs(odd);
    expect(running).toHaveLength(EXAMPLES.length);
    // In the order of families; the others do not know of the second's doubling.
    for (const { predicted, measured } of running.slice(20, 40)) expect(predicted / measured).toBeCloseTo(0.5, 3);
  });

  it("are as wide as families that were left out are off", () => {
    const scattered = EXAMPLES.map((example, i) => ({ ...example, runningMiB: example.runningMiB * (i % 2 === 0 ? 1.1 : 0.9) }));
    const { running, peak } = memoryHalfWidths(scattered);
    expect(running).toBeGreaterThan(0.08);
    expect(running).toBeLessThan(0.3);
    expect(peak).toBeGreaterThan(0);
    expect(memoryHalfWidths(EXAMPLES).running).toBeLessThan(0.001);
  });

  it("never see models that test", () => {
    const test = new Set(["net-0", "net-1", "net-2"]);
    const strange = EXAMPLES.map((example) => (test.has(example.id) ? { ...example, loadingMiB: 1e6, runningMiB: 1e6 } : example));
    expect(trainMemory(strange, { test })).toEqual(trainMemory(EXAMPLES, { test }));
  });
});

describe("recorded memory (synthetic)", () => {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-memory-"));
  const corpus = emptyCorpus({ folder, idle: NETWORKS });
  const beside = `${folder}-memory`;
  afterAll(() => {
    for (const each of [folder, beside]) rmSync(each, { recursive: true, force: true });
  });
  const row = (id: string, round: number, extraBytes: number): MeasuredMemory => {
    const features = NETWORKS.find((network) => network.id === id)?.features;
    const { running } = features === undefined ? { running: 1 } : memorySums(KEPT, memoryTerms(features));
    const [beforeLoadBytes, loadedBytes] = [100 * MIB, 101 * MIB];
    const runPeakBytes = beforeLoadBytes + MIB * running + extraBytes;
    return { kind: "memory", id, family: "f", round, at: "", machine: corpus.machine.id, beforeLoadBytes, loadPeakBytes: loadedBytes, loadedBytes, runPeakBytes };
  };
  it("is null where nobody recorded it, and an error where it was asked for", async () => {
    expect(await loadMemory(corpus)).toBeNull();
    await expect(loadMemory(corpus, join(folder, "nowhere"))).rejects.toThrow(/nowhere/);
  });

  it("is read with its repeats, failures and the corpus' features", async () => {
    mkdirSync(beside);
    const ids = NETWORKS.map(({ id }) => id);
    const first = ids[0] ?? "";
    const failed = { kind: "failed", id: "refused", family: "f", round: 1, at: "", machine: "", error: "no" };
    const rows = [...ids.map((id) => row(id, 1, 0)), row(first, 2, 2 * MIB), failed, row("of-no-corpus", 1, 0)];
    writeFileSync(join(beside, "machine.json"), JSON.stringify({ ...corpus.machine, id: "another", kernel: "another build" }));
    writeFileSync(join(beside, "plan.json"), "{}");
    writeFileSync(join(beside, "memory.jsonl"), rows.map((each) => `${JSON.stringify(each)}\n`).join(""));
    const recorded = await loadMemory(corpus);
    expect(recorded?.examples.map(({ id }) => id)).toEqual(ids);
    expect(recorded?.failures).toBe(1);
    expect(recorded?.repeats.networks).toBe(1);
    expect(recorded?.examples[0]?.runningMiB).toBeCloseTo((row(first, 1, 0).runPeakBytes - 99 * MIB) / MIB, 6);
    if (recorded === null) return;
    const { networks, metrics, machine, data } = memoryRecord(recorded, { test: new Set(ids.slice(0, 5)) });
    expect([networks, metrics.map(({ rows: count }) => count)]).toEqual([ids.length - 5, [5, 5]]);
    expect(machine).toContain("id another");
    expect(data).toMatch(/-memory$/);
  });

  it("is refused where another engine took it", async () => {
    writeFileSync(join(beside, "machine.json"), JSON.stringify({ ...corpus.machine, engineVersion: "1" }));
    await expect(loadMemory(corpus)).rejects.toThrow(RangeError);
  });
});
