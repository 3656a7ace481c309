import { describe, expect, it } from "vitest";
import { buildGraph } from "../../graph/build.js";
import type { Graph } from "../../graph/types.js";
import { readOnnx } from "../../onnx/reader.js";
import type { Tensor } from "./builder.js";
import { ModelBuilder } from "./builder.js";

const FEATURES = [1, 8, 10, 12];

/** The graph that the service sees of a model with this body. */
function built(shape: readonly number[], body: (b: ModelBuilder, x: Tensor) => Tensor | readonly Tensor[], opset = 17): Graph {
  const builder = new ModelBuilder(shape, { opset });
  const outputs = body(builder, builder.input);
  return buildGraph(readOnnx(builder.finish(outputs, { id: "test", family: "test" }).onnx));
}

/** The shapes that the service infers for the outputs, checked against those that the builder tracked. */
function inferred(shape: readonly number[], body: (b: ModelBuilder, x: Tensor) => Tensor | readonly Tensor[], opset = 17): unknown {
  let tracked: readonly Tensor[] = [];
  const graph = built(
    shape,
    (b, x) => {
      const result = body(b, x);
      tracked = "name" in result ? [result] : result;
      return tracked;
    },
    opset,
  );
  const facts = graph.outputs.map((id) => graph.values[id]?.fact.shape);
  expect(facts).toEqual(tracked.map((tensor) => tensor.shape));
  return facts.length === 1 ? facts[0] : facts;
}

describe("ModelBuilder", () => {
  it("names nodes, their outputs and their constants by position", () => {
    const builder = new ModelBuilder(FEATURES);
    const [left, right] = builder.split(builder.relu(builder.conv(builder.input, { out: 6, kernel: 3 })), [2, 4]);
    expect([left?.name, right?.name]).toEqual(["n2", "n2_1"]);
    const model = readOnnx(builder.finish([left ?? builder.input, right ?? builder.input], { id: "t", family: "t" }).onnx);
    expect(model.graph.nodes.map((node) => node.name)).toEqual(["n0", "n1", "n2"]);
    expect(model.graph.nodes.map((node) => node.outputs[0])).toEqual(["n0", "n1", "n2"]);
    expect(model.graph.initializers.map((tensor) => tensor.name)).toEqual(["n0.weight", "n0.bias", "n2.split"]);
    expect(model.graph.inputs.map((input) => [input.name, input.dtype, input.shape])).toEqual([["x", "float32", FEATURES]]);
  });

  it("declares float constants of more than 16 elements external and keeps the others inline", () => {
    const builder = new ModelBuilder([1, 4, 5, 5]);
    const x = builder.conv(builder.input, { out: 4, kernel: 1 });
    const wide = builder.conv(x, { out: 17, kernel: 1 });
    const model = readOnnx(builder.finish(builder.relu6(wide), { id: "t", family: "t" }).onnx);
    const external = model.graph.initializers.filter((tensor) => tensor.external).map((tensor) => tensor.name);
    expect(external).toEqual(["n1.weight", "n1.bias"]);
    const bounds = model.graph.initializers.filter((tensor) => tensor.name.startsWith("n2.")).map((tensor) => tensor.dims);
    expect(bounds).toEqual([[], []]);
  });

  it("counts multiply-accumulates and parameters", () => {
    const builder = new ModelBuilder([1, 8, 10, 10]);
    const x = builder.conv(builder.input, { out: 16, kernel: 3, groups: 4 });
    expect(builder.macs).toBe(10 * 10 * 16 * 2 * 9);
    expect(builder.parameters).toBe(16 * 2 * 9 + 16);
    builder.gemm(builder.flatten(x), 10);
    expect(builder.macs).toBe(10 * 10 * 16 * 2 * 9 + 1600 * 10);
    expect(builder.largestTensorBytes).toBe(4 * 16000);
  });

  it("tracks the shapes of convolutions", () => {
    expect(inferred(FEATURES, (b, x) => b.conv(x, { out: 4, kernel: 3, stride: 2 }))).toEqual([1, 4, 5, 6]);
    expect(inferred(FEATURES, (b, x) => b.conv(x, { out: 4, kernel: [1, 7], pad: 0 }))).toEqual([1, 4, 10, 6]);
    expect(inferred(FEATURES, (b, x) => b.conv(x, { out: 4, kernel: 3, dilation: 2 }))).toEqual([1, 4, 10, 12]);
  });

  it("drops a last pooling window that would start in the padding", () => {
    expect(inferred([1, 1, 5, 6], (b, x) => b.maxPool(x, { kernel: 3, stride: 2, ceil: true }))).toEqual([1, 1, 2, 3]);
    expect(inferred([1, 1, 3, 3], (b, x) => b.maxPool(x, { kernel: 2, stride: 2, pad: 1, ceil: true }))).toEqual([1, 1, 2, 2]);
  });

  it("tracks the shapes of movements", () => {
    expect(inferred(FEATURES, (b, x) => b.split(x, [3, 5]))).toEqual([
      [1, 3, 10, 12],
      [1, 5, 10, 12],
    ]);
    expect(inferred(FEATURES, (b, x) => b.channelShuffle(x, 2))).toEqual(FEATURES);
    expect(inferred(FEATURES, (b, x) => b.slice(x, 2, 1, 10, 2))).toEqual([1, 8, 5, 12]);
    expect(inferred(FEATURES, (b, x) => b.pad(x, 2, "reflect"))).toEqual([1, 8, 14, 16]);
    expect(inferred(FEATURES, (b, x) => b.resize(x, 2, "nearest"))).toEqual([1, 8, 20, 24]);
    expect(inferred(FEATURES, (b, x) => b.transpose(x, [0, 2, 3, 1]))).toEqual([1, 10, 12, 8]);
    expect(inferred(FEATURES, (b, x) => b.concat([x, b.relu(x)], -1))).toEqual([1, 8, 10, 24]);
  });

  it("tracks the shapes of reductions in both forms of their axes", () => {
    expect(inferred(FEATURES, (b, x) => b.reduceMean(x, [2, 3]))).toEqual([1, 8]);
    expect(inferred(FEATURES, (b, x) => b.reduceMean(x, [-1], true), 18)).toEqual([1, 8, 10, 1]);
  });

  it("tracks the shapes of products", () => {
    expect(inferred([1, 12], (b, x) => b.gemm(x, 5))).toEqual([1, 5]);
    expect(inferred([1, 2, 6, 4], (b, x) => b.matmul(x, b.transpose(x, [0, 1, 3, 2])))).toEqual([1, 2, 6, 6]);
    expect(inferred([1, 6, 4], (b, x) => b.matmulWeight(x, 7))).toEqual([1, 6, 7]);
  });

  it("writes compound operators in the exporters' form", () => {
    const types = (body: (b: ModelBuilder, x: Tensor) => Tensor): string[] =>
      built(FEATURES, body).nodes.map((node) => node.opType);
    expect(types((b, x) => b.silu(x))).toEqual(["Sigmoid", "Mul"]);
    expect(types((b, x) => b.hardSwishPair(x))).toEqual(["HardSigmoid", "Mul"]);
    expect(types((b, x) => b.geluPattern(x))).toEqual(["Div", "Erf", "Add", "Mul", "Mul"]);
    expect(types((b, x) => b.squeezeExcite(x, 2))).toEqual(["GlobalAveragePool", "Conv", "Relu", "Conv", "HardSigmoid", "Mul"]);
  });

  it("refuses what cannot be", () => {
    const b = new ModelBuilder(FEATURES);
    expect(() => b.conv(b.input, { out: 4, kernel: 3, groups: 3 })).toThrow(RangeError);
    expect(() => b.maxPool(b.input, { kernel: 11 })).toThrow(RangeError);
    expect(() => b.add(b.input, b.slice(b.input, 1, 0, 3))).toThrow(RangeError);
    expect(() => b.split(b.input, [3, 4])).toThrow(RangeError);
    expect(() => b.reshape(b.input, [1, 7])).toThrow(RangeError);
    expect(() => b.gemm(b.input, 0)).toThrow(RangeError);
    expect(() => b.lrn(b.flatten(b.input)) && b.globalAvgPool(b.flatten(b.input))).toThrow(RangeError);
  });
});
