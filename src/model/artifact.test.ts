import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { artifactDirectory, readArtifact, writeArtifact } from "./artifact.js";
import type { ManifestHead } from "./manifest.js";
import type { ParamSet } from "./params.js";

const HEAD: ManifestHead = {
  name: "example",
  version: "1.0.0",
  kind: "test",
  target: { device: "none" },
  featureSchemaHash: "abc",
  createdBy: "a test",
  data: { rows: 0 },
  split: "none",
  seed: 1,
  metrics: [],
  machine: "none",
  extra: { names: ["a"] },
};

const PARAMS: ParamSet = new Map([
  ["a.weight", { shape: [2, 2], data: Float32Array.of(1, -2.5, 3e-8, 4e8) }],
  ["__proto__", { shape: [1], data: Float32Array.of(7) }],
  ["scalar", { shape: [], data: Float32Array.of(5) }],
  ["empty", { shape: [0, 3], data: new Float32Array(0) }],
]);

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "artifact-"));
  directory = artifactDirectory(root, HEAD.name, HEAD.version);
});
afterEach(() => rm(root, { recursive: true }));

async function editManifest(edit: (text: string) => string): Promise<void> {
  const path = join(directory, "manifest.json");
  await writeFile(path, edit(await readFile(path, "utf8")));
}

describe("an artifact", () => {
  it("reads back what was written", async () => {
    const written = await writeArtifact(directory, HEAD, PARAMS);
    const { manifest, params } = await readArtifact(directory, { featureSchemaHash: "abc" });
    expect(manifest).toEqual(written);
    expect(manifest).toMatchObject(HEAD);
    expect(params).toEqual(PARAMS);
  });

  it("stores float32, little endian, at the offsets it states", async () => {
    const manifest = await writeArtifact(directory, HEAD, PARAMS);
    const bytes = await readFile(join(directory, "tensors.bin"));
    expect(manifest.tensors.map((tensor) => tensor.offset)).toEqual([0, 16, 20, 24]);
    expect(bytes.readFloatLE(4)).toBe(-2.5);
    expect(bytes).toHaveLength(24);
  });

  it("is replaced as a whole", async () => {
    await writeArtifact(directory, HEAD, PARAMS);
    await writeArtifact(directory, { ...HEAD, seed: 2 }, new Map());
    expect(await readArtifact(directory)).toMatchObject({ manifest: { seed: 2, tensors: [] } });
  });
});

describe("readArtifact refuses", () => {
  beforeEach(() => writeArtifact(directory, HEAD, PARAMS));

  it("features of another schema, naming both hashes", async () => {
    await expect(readArtifact(directory, { featureSchemaHash: "def" })).rejects.toMatchObject({
      code: "schema-mismatch",
      message: expect.stringMatching(/example 1\.0\.0.*abc.*def/) as string,
    });
  });

  it("another layout version", async () => {
    await editManifest((text) => text.replace('"schema": 1', '"schema": 2'));
    await expect(readArtifact(directory)).rejects.toMatchObject({ code: "schema-mismatch" });
  });

  it("a folder without files", async () => {
    await expect(readArtifact(join(root, "nowhere"))).rejects.toMatchObject({ code: "missing" });
    await rm(join(directory, "tensors.bin"));
    await expect(readArtifact(directory)).rejects.toMatchObject({ code: "missing" });
  });

  it.each([
    ["text that is not JSON", (text: string) => text.slice(0, 40)],
    ["an absent field", (text: string) => text.replace('"seed"', '"sead"')],
    ["a negative dimension", (text: string) => text.replace(/"shape": \[\s*2/, '"shape": [-2')],
    ["an offset between floats", (text: string) => text.replace('"offset": 16', '"offset": 15')],
    ["two tensors of one name", (text: string) => text.replace('"scalar"', '"a.weight"')],
  ])("a manifest with %s", async (_, edit) => {
    await editManifest(edit);
    await expect(readArtifact(directory)).rejects.toMatchObject({ code: "malformed" });
  });

  it.each([
    ["a shape past the end of the file", (text: string) => text.replace(/"shape": \[\s*2/, '"shape": [200')],
    ["a shape whose size overflows", (text: string) => text.replace(/"shape": \[\s*2/, '"shape": [9007199254740991')],
    ["another sha256", (text: string) => text.replace(/"sha256": "..../, '"sha256": "0000')],
  ])("%s", async (_, edit) => {
    await editManifest(edit);
    await expect(readArtifact(directory)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("a truncated tensor file", async () => {
    await truncate(join(directory, "tensors.bin"), 20);
    await expect(readArtifact(directory)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("20 bytes") as string,
    });
  });

  it("changed weights", async () => {
    const path = join(directory, "tensors.bin");
    const bytes = await readFile(path);
    bytes.writeFloatLE(9, 0);
    await writeFile(path, bytes);
    await expect(readArtifact(directory)).rejects.toMatchObject({ code: "corrupt" });
  });
});

describe("writeArtifact refuses", () => {
  it.each([NaN, Infinity])("%d in a tensor", async (value) => {
    const params: ParamSet = new Map([["bad", { shape: [2], data: Float32Array.of(0, value) }]]);
    await expect(writeArtifact(directory, HEAD, params)).rejects.toThrow(`Tensor "bad" holds ${value} at index 1`);
  });

  it("a tensor that does not fill its shape", async () => {
    const params: ParamSet = new Map([["bad", { shape: [3], data: new Float32Array(2) }]]);
    await expect(writeArtifact(directory, HEAD, params)).rejects.toMatchObject({ code: "corrupt" });
  });
});
