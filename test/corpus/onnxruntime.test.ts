import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import type { Graph } from "../../src/graph/types.js";
import { readOnnx } from "../../src/onnx/reader.js";

/**
 * A small MobileNetV2 and a BERT of two layers, plain and as ONNX Runtime 1.32 optimised and quantised them; written by
 * `python/optimised_models.py`.
 */
const FOLDER = join(import.meta.dirname, "onnxruntime");

const graphs: ReadonlyMap<string, Graph> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".onnx.gz"))
    .map((file) => [file, buildGraph(readOnnx(gunzipSync(readFileSync(join(FOLDER, file)))))]),
);

/** Worked by hand from the layers' sizes, in `python/optimised_models.py`. */
const MACS = { mobile: 7_967_360, bert: 2_359_296 };

function operatorsOf(file: string): readonly string[] {
  const names = graphs.get(file)?.nodes.map(({ domain, opType }) => (domain === "" ? opType : `${domain}:${opType}`));
  return [...new Set(names)].sort();
}

describe.each([...graphs])("%s", (file, graph) => {
  it("is covered: every operator known, every node with its cost, every tensor with its shape", () => {
    expect([...graph.unsupported]).toEqual([]);
    expect(graph.nodes.filter(({ cost }) => cost === null).map(({ opType, name }) => `${opType} ${name}`)).toEqual([]);
    const unknown = graph.values.filter(
      ({ fact: { dtype, shape } }) => dtype === null || shape?.every(Number.isInteger) !== true,
    );
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it("needs the multiply-accumulates of the plain model", () => {
    expect(graph.totals.macs).toBe(file.startsWith("bert") ? MACS.bert : MACS.mobile);
  });

  it("gives the plain model's result", () => {
    const shape = file.startsWith("bert") ? [1, 32, 64] : [1, 10];
    expect(graph.outputs.map((id) => graph.values[id]?.fact)).toMatchObject([{ dtype: "float32", shape }]);
  });
});

it("costs as many FLOPs optimised as plain where only operators were joined", () => {
  const flopsOf = (file: string) => graphs.get(file)?.totals.flops;
  expect(flopsOf("mobile-optimised.onnx.gz")).toBe(flopsOf("mobile-plain.onnx.gz"));
  expect(flopsOf("mobile-blocked.onnx.gz")).toBe(flopsOf("mobile-plain.onnx.gz"));
  expect(flopsOf("bert-optimised.onnx.gz")).toBe(flopsOf("bert-plain.onnx.gz"));
});

it("holds what the optimiser, the quantiser and the transformer tools write", () => {
  expect(operatorsOf("mobile-optimised.onnx.gz")).toContain("com.microsoft:FusedConv");
  expect(operatorsOf("mobile-blocked.onnx.gz")).toContain("com.microsoft.nchwc:Conv");
  expect(operatorsOf("mobile-qdq-optimised.onnx.gz")).toContain("com.microsoft:QLinearConv");
  expect(operatorsOf("bert-dynamic-optimised.onnx.gz")).toContain("com.microsoft:DynamicQuantizeMatMul");
  expect(operatorsOf("bert-transformers.onnx.gz")).toContain("com.microsoft:Attention");
  expect(operatorsOf("bert-transformers-dynamic.onnx.gz")).toContain("com.microsoft:QAttention");
});
