import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ARTIFACT_SCHEMA, ArtifactError, parseManifest, type Manifest, type ManifestHead } from "./manifest.js";
import { elementsOf, type ParamSet, type ParamTensor } from "./params.js";

/** A trained predictor as it is kept in weights/<name>/<version>/. */
export interface Artifact {
  readonly manifest: Manifest;
  readonly params: ParamSet;
}

const MANIFEST_FILE = "manifest.json";
const TENSOR_FILE = "tensors.bin";

/** Where the artifact of this name and version lives under the folder of all weights. */
export function artifactDirectory(weights: string, name: string, version: string): string {
  return join(weights, name, version);
}

/**
 * Writes manifest.json and tensors.bin (float32, little endian, one tensor after the other in the set's order) into
 * `directory`, making it where needed. The manifest arrives last and whole, so a reader never sees half an artifact.
 *
 * @throws ArtifactError "corrupt" for a tensor that does not fill its shape or holds NaN or an infinity.
 */
export async function writeArtifact(directory: string, head: ManifestHead, params: ParamSet): Promise<Manifest> {
  const chunks: Buffer[] = [];
  const tensors: Manifest["tensors"] = [];
  let offset = 0;
  for (const [name, { shape, data }] of params) {
    if (data.length !== elementsOf(shape)) {
      const expected = elementsOf(shape);
      throw new ArtifactError("corrupt", `Tensor "${name}" has ${data.length} elements, its shape ${expected}.`);
    }
    assertFinite(name, data);
    const chunk = encodeFloats(data);
    tensors.push({ name, shape: [...shape], offset });
    chunks.push(chunk);
    offset += chunk.length;
  }
  const bytes = Buffer.concat(chunks);
  const manifest: Manifest = {
    schema: ARTIFACT_SCHEMA,
    ...head,
    tensorFile: { bytes: bytes.length, sha256: sha256(bytes) },
    tensors,
  };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, TENSOR_FILE), bytes);
  const draft = join(directory, `${MANIFEST_FILE}.part`);
  await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(draft, join(directory, MANIFEST_FILE));
  return manifest;
}

export interface ReadOptions {
  /** Hash of the feature schema that the program computes for a kind; an artifact trained with another one is refused. */
  readonly featureSchemaHash?: string | ((kind: string) => string | undefined);
}

/**
 * Reads an artifact and checks all of it: the manifest's form, the feature schema, the tensor file's size and sha256,
 * every tensor's bounds and values.
 *
 * @throws ArtifactError, see its codes.
 */
export async function readArtifact(directory: string, { featureSchemaHash }: ReadOptions = {}): Promise<Artifact> {
  const path = join(directory, MANIFEST_FILE);
  const manifest = parseManifest((await readBytes(path)).toString("utf8"), path);
  const expected = typeof featureSchemaHash === "function" ? featureSchemaHash(manifest.kind) : featureSchemaHash;
  if (expected !== undefined && manifest.featureSchemaHash !== expected) {
    throw new ArtifactError(
      "schema-mismatch",
      `${manifest.name} ${manifest.version} was trained with feature schema ${manifest.featureSchemaHash}, ` +
        `this program computes ${expected}: train it again or use the version that matches.`,
    );
  }
  const tensorPath = join(directory, TENSOR_FILE);
  const bytes = await readBytes(tensorPath);
  if (bytes.length !== manifest.tensorFile.bytes) {
    throw new ArtifactError("corrupt", `${tensorPath} has ${bytes.length} bytes, not ${manifest.tensorFile.bytes}.`);
  }
  if (sha256(bytes) !== manifest.tensorFile.sha256) {
    throw new ArtifactError("corrupt", `${tensorPath} is not the file that the manifest describes (sha256 differs).`);
  }
  const params = new Map<string, ParamTensor>();
  for (const { name, shape, offset } of manifest.tensors) {
    if (params.has(name)) throw new ArtifactError("malformed", `${path}: two tensors are named "${name}".`);
    const end = offset + elementsOf(shape) * Float32Array.BYTES_PER_ELEMENT;
    if (!(end <= bytes.length)) {
      throw new ArtifactError("corrupt", `Tensor "${name}" ends at byte ${end}, past the end of ${tensorPath}.`);
    }
    const data = decodeFloats(bytes.subarray(offset, end));
    assertFinite(name, data);
    params.set(name, { shape, data });
  }
  return { manifest, params };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ArtifactError("missing", `${path} cannot be read.`, { cause });
  }
}

function encodeFloats(data: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(data.byteLength);
  for (const [index, value] of data.entries()) bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  return bytes;
}

function decodeFloats(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / Float32Array.BYTES_PER_ELEMENT }, (_, index) =>
    bytes.readFloatLE(index * Float32Array.BYTES_PER_ELEMENT),
  );
}

function assertFinite(name: string, data: Float32Array): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw new ArtifactError("corrupt", `Tensor "${name}" holds ${data[index] ?? NaN} at index ${index}.`);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
