import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import type { Graph } from "../../src/graph/types.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { origins, readExport, shapesOf, type Origin } from "./exports.js";

/**
 * Real exports of many tools, among them MobileNetV2, ResNet-50 and BERT-base at full size as ONNX Runtime optimised and
 * quantised them; docs/reader-comparison.md compares several hundred.
 */
const WITHIN = 0.01;

/** Multiply-accumulates of constants alone, which engines do once as they load a file: networks encode positions so. */
const OF_CONSTANTS = new Map([
  ["transformers-funnel-torchscript17", 2 * 64 * 12 * 64 * 768],
  ["transformers-gpt-neox-dynamo18", 32 * 4],
  ["transformers-llama-dynamo20", 32 * 16],
]);

const graphs: ReadonlyMap<string, Graph> = new Map([...origins].map(([name, origin]) => [name, graphOf(name, origin)]));

function graphOf(name: string, { dims }: Origin): Graph {
  return buildGraph(readOnnx(readExport(name)), { dims: new Map(Object.entries(dims)), batch: 1 });
}

it("holds files of many tools", () => {
  expect(origins.size).toBeGreaterThanOrEqual(60);
  const tools = new Set([...origins.values()].map(({ tool }) => tool));
  expect([...tools].sort()).toEqual([
    "onnxruntime",
    "paddle2onnx",
    "skl2onnx",
    "tf2onnx",
    "tf2onnx, by TensorFlow Lite",
    "torch, dynamo",
    "torch, torchscript",
  ]);
});

it("compares most of their tensors", () => {
  const tensors = [...graphs].flatMap(([name, graph]) => {
    const known = shapesOf(name);
    return graph.values.filter(({ role }) => role === "activation").map((value) => known.has(value.name));
  });
  expect(tensors.filter(Boolean).length / tensors.length).toBeGreaterThan(0.75);
});

describe.each([...graphs])("%s", (name, graph) => {
  const origin = origins.get(name);

  it("is covered: every operator known", () => {
    expect([...graph.unsupported]).toEqual([]);
  });

  it("has the types and shapes that the tools know", () => {
    const known = shapesOf(name);
    const wrong = graph.values
      .filter((value) => value.role === "activation" && known.has(value.name))
      .filter(({ name: tensor, fact }) => !sameFact(known.get(tensor), [fact.dtype, fact.shape]))
      .map(({ name: tensor, fact }) => ({ tensor, fact, tools: known.get(tensor) }));
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it.runIf(typeof origin?.macs === "number" && !hasBlocks(graph))("needs the multiply-accumulates counted at its export", () => {
    expect(graph.totals.macs + (OF_CONSTANTS.get(name) ?? 0)).toBe(origin?.macs);
  });

  it.runIf(typeof origin?.macsByOnnxTool === "number")("needs the multiply-accumulates that onnx-tool counts", () => {
    const macs = graph.totals.macs + (OF_CONSTANTS.get(name) ?? 0);
    const counted = origin?.macsByOnnxTool ?? 0;
    expect(Math.abs(macs - counted)).toBeLessThanOrEqual(WITHIN * counted);
  });
});

function sameFact(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe.each([
  { network: "mobilenet_v2", macs: 300_774_272, variants: 9 },
  { network: "resnet50", macs: 4_089_184_256, variants: 9 },
  { network: "bert-base", macs: 2_737_373_184, variants: 11 },
])("$network, optimised and quantised", ({ network, macs, variants }) => {
  const made = [...origins].filter(([, origin]) => origin.network === network && origin.variant !== undefined);
  const blocked = made.filter(([name]) => hasBlocks(graphs.get(name)));
  const plainly = made.filter((entry) => !blocked.includes(entry));

  it("is there in every form that ONNX Runtime's tools write", () => {
    expect(made.map(([, { variant }]) => variant)).toHaveLength(variants);
  });

  it("is fully covered, every node with its cost", () => {
    const gaps = made.flatMap(([name]) => {
      const graph = graphs.get(name);
      const uncosted = graph?.nodes.filter(({ cost }) => cost === null).map((node) => `${node.opType} ${node.name}`);
      return [...(graph?.unsupported.keys() ?? [name]), ...(uncosted ?? [])];
    });
    expect(gaps).toEqual([]);
  });

  it("needs the plain file's multiply-accumulates", () => {
    const found = plainly.map(([name, { plain }]) => [name, macsOf(plain), macsOf(name)]);
    expect(found).toEqual(plainly.map(([name]) => [name, macs, macs]));
  });

  it.runIf(blocked.length > 0)("multiplies the zeros too where channels are filled up to the processor's blocks", () => {
    const found = blocked.map(([name]) => [name, macsOf(name)]);
    expect(found).toEqual(blocked.map(([name, { plain }]) => [name, macsInBlocks(graphs.get(plain ?? ""))]));
  });
});

function macsOf(name: string | undefined): number | undefined {
  return graphs.get(name ?? "")?.totals.macs;
}

function hasBlocks(graph: Graph | undefined): boolean {
  return graph?.nodes.some(({ domain }) => domain === "com.microsoft.nchwc") === true;
}

/** What the plain file's convolutions need on a processor with AVX-512, whose blocks hold 16 channels. */
function macsInBlocks(graph: Graph | undefined): number {
  const filled = (channels: number) => (channels < 16 ? channels : Math.ceil(channels / 16) * 16);
  let extra = 0;
  for (const { opType, cost, inputs } of graph?.nodes ?? []) {
    const weight = graph?.values[inputs[1] ?? -1]?.fact.shape;
    const [after, before] = weight ?? [];
    if (opType !== "Conv" || cost === null || typeof after !== "number" || typeof before !== "number") continue;
    const share = (filled(after) / after) * (filled(before) / before);
    extra += Math.round(cost.macs * (share - 1));
  }
  return (graph?.totals.macs ?? 0) + extra;
}
