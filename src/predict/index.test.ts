import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { syntheticAdditive, syntheticGraph } from "../../test/helper/synthetic.js";
import { SYNTHETIC_TARGET, syntheticArtifact, syntheticTarget, type SyntheticArtifact } from "../../test/helper/synthetic-target.js";
import { artifactDirectory, writeArtifact } from "../model/artifact.js";
import { loadTargets } from "./index.js";

let weights: string;
beforeEach(async () => {
  weights = await mkdtemp(join(tmpdir(), "weights-"));
});
afterEach(() => rm(weights, { recursive: true }));

/** Writes an artifact where its name and version belong, and says where. */
async function write({ head, params }: SyntheticArtifact): Promise<string> {
  const directory = artifactDirectory(weights, head.name, head.version);
  await writeArtifact(directory, head, params);
  return directory;
}

describe("loadTargets (synthetic weights)", () => {
  it("loads a predictor that predicts as the one that was written", async () => {
    await write(syntheticArtifact());
    const registry = await loadTargets(weights);
    const loaded = registry.get(SYNTHETIC_TARGET);
    const original = syntheticTarget();
    const graph = syntheticGraph(24, 2);
    expect(registry.defaultTarget).toBe(SYNTHETIC_TARGET);
    expect(registry.list()).toEqual([original.info]);
    for (const state of [{}, { utilization: 0.4 }]) {
      const expected = original.predict(original.embed(graph), state);
      const found = loaded?.predict(loaded.embed(graph), state);
      expect((found?.latencyMs ?? NaN) / expected.latencyMs).toBeCloseTo(1, 4);
      expect(found?.state).toEqual(expected.state);
    }
  });

  it("knows no other target", async () => {
    await write(syntheticArtifact());
    expect((await loadTargets(weights)).get("pixel4.tflite.float32.1large")).toBeUndefined();
  });

  it("takes the newest version by number, not by text", async () => {
    for (const version of ["1.9.0", "1.10.0", "1.2.0"]) await write(syntheticArtifact({ version }));
    expect((await loadTargets(weights)).list().map(({ version }) => version)).toEqual(["1.10.0"]);
  });

  it("loads predictors of several targets, the first by name as the default", async () => {
    const { head } = syntheticArtifact();
    await write(syntheticArtifact({ name: "b" }, syntheticAdditive(5)));
    await write(syntheticArtifact({ name: "a", target: { ...head.target, id: "another.onnxruntime.float32.1core" } }));
    const registry = await loadTargets(weights);
    expect(registry.list().map(({ target }) => target)).toEqual(["another.onnxruntime.float32.1core", SYNTHETIC_TARGET]);
    expect(registry.defaultTarget).toBe("another.onnxruntime.float32.1core");
  });

  it("passes by files and empty folders", async () => {
    await write(syntheticArtifact());
    await writeFile(join(weights, "README.md"), "weights");
    await mkdir(join(weights, "empty"));
    expect((await loadTargets(weights)).list()).toHaveLength(1);
  });
});

describe("loadTargets refuses", () => {
  it("a folder without a predictor, and one that is not there", async () => {
    await expect(loadTargets(weights)).rejects.toMatchObject({ name: "ArtifactError", code: "missing" });
    await expect(loadTargets(join(weights, "nowhere"))).rejects.toMatchObject({ name: "ArtifactError", code: "missing" });
  });

  it("a tensor file that is shorter or other than the manifest says", async () => {
    const path = join(await write(syntheticArtifact()), "tensors.bin");
    const bytes = await readFile(path);
    await truncate(path, bytes.length - 4);
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "corrupt" });
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await writeFile(path, bytes);
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("an artifact without its tensors, or without one of them", async () => {
    const whole = syntheticArtifact();
    const params = new Map(whole.params);
    params.delete("gcn.0.weight");
    const directory = await write({ ...whole, params });
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "corrupt" });
    await rm(join(directory, "tensors.bin"));
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "missing" });
  });

  it("features of another schema", async () => {
    await write(syntheticArtifact({ featureSchemaHash: "0".repeat(64) }));
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "schema-mismatch" });
  });

  it("a kind of predictor that it does not know, by name", async () => {
    await write(syntheticArtifact({ kind: "oracle" }));
    await expect(loadTargets(weights)).rejects.toThrow('"oracle"');
  });

  it("a manifest that lacks what this kind needs, by field", async () => {
    await write(syntheticArtifact({ extra: {} }));
    await expect(loadTargets(weights)).rejects.toMatchObject({ code: "malformed", message: expect.stringContaining("/extra") as string });
  });

  it("two predictors for one target", async () => {
    await write(syntheticArtifact());
    await write(syntheticArtifact({ name: "twin" }));
    await expect(loadTargets(weights)).rejects.toThrow(SYNTHETIC_TARGET);
  });
});
