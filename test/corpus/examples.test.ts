import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { readOnnx } from "../../src/onnx/reader.js";

const EXAMPLES = join(import.meta.dirname, "../../examples");

it.each([
  ["mobilenetv2.onnx", 313_619_328],
  ["resnet50.onnx", 4_089_184_256],
])("reads examples/%s, which holds no weights", (file, macs) => {
  const graph = buildGraph(readOnnx(readFileSync(join(EXAMPLES, file))));
  expect(graph.unsupported.size).toBe(0);
  expect(graph.totals.macs).toBe(macs);
  expect(graph.outputs.map((id) => graph.values[id]?.fact.shape)).toEqual([[1, 1000]]);
});
