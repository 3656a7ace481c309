import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { STRIPPED_LOCATION } from "../../src/onnx/strip-tensor.js";
import { stripOnnx } from "../../src/onnx/stripper.js";
import { encode, modelOf } from "../helper/onnx-everything.js";

const { DataLocation } = onnxProto.onnx.TensorProto;
const SOURCE = join(import.meta.dirname, "../../src");
/** What sees the bytes of an upload. */
const FRONT_END = ["wire", "onnx", "shapes", "ops", "graph", "features"];

function modelWith(location: string, offset: string, length: string): Uint8Array {
  const externalData = Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value }));
  return encode(
    modelOf({
      node: [{ opType: "Reshape", input: ["x", "shape"], output: ["y"] }],
      initializer: [{ name: "shape", dims: [2], dataType: 7, dataLocation: DataLocation.EXTERNAL, externalData }],
      input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 4 }] } } } }],
      output: [{ name: "y" }],
    }),
  );
}

it.each([
  ["../../../../etc/passwd", "0", "16"],
  ["/etc/passwd", "0", "16"],
  ["/proc/self/environ", "0", "16"],
  ["weights\0.bin", "0", "16"],
  ["http://localhost:1/weights", "0", "16"],
  ["weights", "-1", "16"],
  ["weights", "9223372036854775807", "9223372036854775807"],
  ["weights", "not a number", ""],
  ["", "", ""],
])("a tensor said to lie in %j at %s is not looked for: its elements stay unknown", (location, offset, length) => {
  const bytes = modelWith(location, offset, length);
  const [shape] = readOnnx(bytes).graph.initializers;
  expect(shape).toEqual({ name: "shape", dtype: "int64", dims: [2], values: null, external: true });
  const graph = buildGraph(readOnnx(bytes));
  expect(graph.values[graph.outputs[0] ?? -1]?.fact.shape).toEqual([null, null]);
  const stripped = stripOnnx(bytes).bytes.toString("latin1");
  expect(stripped).toContain(STRIPPED_LOCATION);
  if (location.length > STRIPPED_LOCATION.length) expect(stripped).not.toContain(location);
});

it("nothing that sees a model's bytes can open a file or a connection", () => {
  for (const folder of FRONT_END) {
    const files = readdirSync(join(SOURCE, folder), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
    expect(sources.length).toBeGreaterThan(2);
    for (const file of sources) {
      const imports = readFileSync(join(SOURCE, folder, file), "utf8").match(/from "node:[a-z_/]+"|\bfetch\(|\bprocess\./g) ?? [];
      expect([file, ...imports.filter((found) => found !== 'from "node:crypto"')]).toEqual([file]);
    }
  }
});
