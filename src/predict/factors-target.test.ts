import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MIXED, SLOW, SLOW_MHZ, syntheticFactorsArtifact } from "../../test/helper/synthetic-factors.js";
import { syntheticGraph } from "../../test/helper/synthetic.js";
import { SYNTHETIC_TARGET, syntheticArtifact } from "../../test/helper/synthetic-target.js";
import type { HardwareState } from "../features/state.js";
import { artifactDirectory, writeArtifact } from "../model/artifact.js";
import type { ManifestHead } from "../model/manifest.js";
import { loadTargets } from "./index.js";
import type { Prediction, TargetPredictor, TargetRegistry } from "./types.js";

let weights: string;
let registry: TargetRegistry;

async function write({ head, params }: ReturnType<typeof syntheticFactorsArtifact>, folder = weights): Promise<void> {
  await writeArtifact(artifactDirectory(folder, head.name, head.version), head, params);
}

beforeAll(async () => {
  weights = await mkdtemp(join(tmpdir(), "weights-"));
  // Before the recorded machine by name, which is the default all the same.
  await write(syntheticFactorsArtifact({ name: "a-phones" }));
  await write(syntheticArtifact());
  registry = await loadTargets(weights);
});
afterAll(() => rm(weights, { recursive: true }));

const graph = syntheticGraph(24, 2);

function targetOf(id: string): TargetPredictor {
  const target = registry.get(id);
  if (target === undefined) throw new Error(`no target ${id}`);
  return target;
}

function predict(id: string, state: HardwareState = {}): Prediction {
  const target = targetOf(id);
  return target.predict(target.embed(graph), state);
}

describe("targets of a factors model (synthetic)", () => {
  it("are listed one by one, and a recorded machine stays the default", () => {
    expect(registry.list().map(({ target }) => target)).toEqual([SYNTHETIC_TARGET, SLOW, MIXED]);
    expect(registry.defaultTarget).toBe(SYNTHETIC_TARGET);
    expect(targetOf(SLOW).info).toMatchObject({ device: "phone", engine: "torch", cores: "1small", predictor: "a-phones" });
  });

  it("answer each for its own configuration", () => {
    expect(predict(SLOW).latencyMs).toBeGreaterThan(2 * predict(MIXED).latencyMs);
    expect(predict(SLOW)).toMatchObject({ target: SLOW, modelId: graph.modelId, predictor: "a-phones@1.0.0", coverage: { nodes: 1, flops: 1 } });
  });

  it("give layers that make up the latency but for what a run costs", () => {
    const { layers, latencyMs } = predict(SLOW);
    const sum = layers.reduce((total, layer) => total + layer.latencyMs, 0);
    expect(sum).toBeLessThan(latencyMs);
    expect(sum).toBeGreaterThan(0.9 * latencyMs);
  });

  it("follow a frequency by the inverse law, say so, and leave room for none", () => {
    const idle = predict(SLOW);
    const slowed = predict(SLOW, { frequencyMHz: SLOW_MHZ / 2 });
    expect(slowed.latencyMs / idle.latencyMs).toBeCloseTo(2, 5);
    expect(slowed.state).toMatchObject({ stateEffect: "transferred", ignored: [] });
    expect(slowed.interval.lowMs).toBeCloseTo(idle.interval.lowMs, 5);
    expect(slowed.interval.highMs / slowed.latencyMs).toBeCloseTo(idle.interval.highMs / idle.latencyMs, 5);
    expect(slowed.layers.reduce((total, layer) => total + layer.latencyMs, 0)).toBeLessThanOrEqual(slowed.latencyMs);
  });

  it("take over what a load does to a machine that was measured under load, and are less sure of it", () => {
    const idle = predict(SLOW);
    const half = predict(SLOW, { utilization: 0.5 });
    const full = predict(SLOW, { utilization: 0.9 });
    expect(half.latencyMs).toBeGreaterThan(idle.latencyMs);
    expect(full.latencyMs).toBeGreaterThan(half.latencyMs);
    expect(half.state).toMatchObject({ stateEffect: "transferred", ignored: [] });
    expect(half.interval.highMs / half.latencyMs).toBeGreaterThan(idle.interval.highMs / idle.latencyMs);
    expect(half.layers.reduce((total, layer) => total + layer.latencyMs, 0)).toBeLessThanOrEqual(half.latencyMs);
  });

  it("do not claim what they cannot use", () => {
    const state = { frequencyMHz: 900, bandwidthGBs: 3 };
    expect(predict(MIXED, state).state).toEqual({
      used: state,
      imputed: [],
      ignored: ["frequencyMHz", "bandwidthGBs"],
      stateEffect: "none",
    });
    expect(predict(MIXED, state).latencyMs).toBe(predict(MIXED).latencyMs);
  });

  it("are not made faster by a clock above the highest", () => {
    expect(predict(SLOW, { frequencyMHz: 4000 }).latencyMs).toBe(predict(SLOW).latencyMs);
  });

  it("refuse an embedding that another target made", () => {
    const embedded = targetOf(MIXED).embed(graph);
    expect(() => targetOf(SLOW).predict(embedded, {})).toThrow(TypeError);
  });
});

describe("an artifact of factors is refused", () => {
  async function load(overrides: Partial<ManifestHead>): Promise<unknown> {
    const folder = await mkdtemp(join(tmpdir(), "weights-"));
    try {
      await write(syntheticFactorsArtifact(overrides), folder);
      return await loadTargets(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  const { extra } = syntheticFactorsArtifact().head;

  it("with another feature schema, that of recorded machines too", async () => {
    await expect(load({ featureSchemaHash: syntheticArtifact().head.featureSchemaHash })).rejects.toMatchObject({ code: "schema-mismatch" });
  });

  it("with a target that has no configuration, or no rules", async () => {
    const targets = (extra["targets"] as Record<string, unknown>[]).map((target, i) => (i === 0 ? { ...target, id: "nobody" } : target));
    await expect(load({ extra: { ...extra, targets } })).rejects.toThrow(/nobody has no configuration/);
    await expect(load({ extra: { ...extra, rules: {} } })).rejects.toMatchObject({ code: "malformed" });
  });

  it("with a field of another form, which it names", async () => {
    await expect(load({ extra: { ...extra, interval: { coverage: "most" } } })).rejects.toThrow(/interval/);
  });
});
