import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fixtureNames, readFixture } from "../../test/corpus/fixtures.js";
import { readOnnxFile } from "./onnx-file.js";
import { OnnxReader, readOnnx } from "../onnx/reader.js";

const { onnx } = onnxProto;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tempograph-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(bytes: Uint8Array): string {
  const path = join(folder, "model.onnx");
  writeFileSync(path, bytes);
  return path;
}

/** Tensors around and over the size that is read at once, the shape of a Reshape among them. */
function weighty(): Buffer {
  const tensor = (name: string, floats: number) => ({ name, dataType: 1, dims: [floats], rawData: Buffer.alloc(4 * floats, name) });
  const shape = { name: "shape", dataType: 7, dims: [2], rawData: Buffer.from(new BigInt64Array([2n, 3n]).buffer) };
  const sizes = [1, 16_383, 16_384, 16_385, 100_000, 3, 1_000_000];
  const graph = {
    name: "weighty",
    initializer: [...sizes.map((floats, i) => tensor(`w${i}`, floats)), shape, tensor("last", 70_000)],
    node: [{ opType: "Reshape", input: ["x", "shape"], output: ["y"] }],
    input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 6 }] } } } }],
    output: [{ name: "y" }],
  };
  return Buffer.from(onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph })).finish());
}

it("reads what the same bytes in memory are read as", async () => {
  for (const bytes of [weighty(), ...fixtureNames.slice(0, 2).map(readFixture)]) {
    expect(await readOnnxFile(written(bytes))).toEqual(readOnnx(bytes));
  }
});

it("refuses a file that ends early as the same bytes in memory are refused", async () => {
  const bytes = weighty();
  for (const length of [0, 1, 20, 70_000, 200_000, 1_000_000, bytes.length - 1]) {
    const path = written(bytes);
    truncateSync(path, length);
    const refused = await readOnnxFile(path).catch((error: unknown) => error);
    expect(() => readOnnx(bytes.subarray(0, length))).toThrow(refused);
  }
});

it("offers to pass over weights, and reads the same without their bytes", () => {
  const bytes = weighty();
  const reader = new OnnxReader();
  const block = 65_536;
  let pushed = 0;
  for (let at = 0; at < bytes.length; ) {
    const chunk = bytes.subarray(at, at + block);
    reader.push(chunk);
    pushed += chunk.length;
    at += chunk.length;
    const passed = reader.skippable;
    reader.pass(passed);
    at += passed;
  }
  expect(reader.end()).toEqual(readOnnx(bytes));
  expect(pushed).toBeLessThan(bytes.length / 4);
  expect(() => reader.pass(1)).toThrow(RangeError);
});

it("passes on the file system's error", async () => {
  await expect(readOnnxFile(join(folder, "missing.onnx"))).rejects.toMatchObject({ code: "ENOENT" });
});
