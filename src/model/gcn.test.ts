import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Scalar, Tensor, Tensor2D } from "@tensorflow/tfjs-core";

import { initBackend, type Tf } from "./backend.js";
import { initLayers, mlpForward } from "./dense.js";
import { gcnForward, initGcn } from "./gcn.js";
import { createEmbedder, createMlp, denseTimesDense } from "./infer.js";
import { disposeAll, layersOf, mergeParams, toParams, toVariables, type ParamSet } from "./params.js";
import { createRandom, type Random } from "./random.js";
import { blockDiagonal, normalizedAdjacency, type SparseMatrix } from "./sparse.js";
import { segmentMean, segmentSum, sparseMatMul } from "./sparse-product.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});
afterEach(() => tf.disposeVariables());

/** Synthetic: a chain with shortcuts, as residual networks have. */
function syntheticGraph(nodes: number): SparseMatrix {
  const rowOffsets = new Uint32Array(nodes + 1);
  const columns: number[] = [];
  for (let node = 0; node < nodes; node++) {
    if (node + 1 < nodes) columns.push(node + 1);
    if (node % 3 === 0 && node + 4 < nodes) columns.push(node + 4);
    rowOffsets[node + 1] = columns.length;
  }
  return normalizedAdjacency({ size: nodes, rowOffsets, columns: Uint32Array.from(columns) });
}

function normals(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return worst;
}

/** Central differences of a scalar function of one matrix. */
function numericalGradient(f: (x: Tensor2D) => Scalar, x: Float32Array, shape: [number, number]): number[] {
  const at = (values: Float32Array): number => tf.tidy(() => f(tf.tensor2d(values, shape)).dataSync()[0] ?? NaN);
  const step = 0.01;
  return Array.from(x, (value, i) => {
    const up = x.slice();
    const down = x.slice();
    up[i] = value + step;
    down[i] = value - step;
    return (at(up) - at(down)) / (2 * step);
  });
}

describe("sparseMatMul", () => {
  it("agrees with a dense product, forwards and backwards", () => {
    const random = createRandom(1);
    const graph = syntheticGraph(7);
    const x = normals(random, 7 * 3);
    const weights = normals(random, 7 * 3);
    const f = (input: Tensor): Scalar =>
      tf.sum(tf.mul(tf.square(sparseMatMul(tf, graph, input as Tensor2D)), tf.tensor2d(weights, [7, 3])));
    const gradient = tf.tidy(() => [...tf.grad(f)(tf.tensor2d(x, [7, 3])).dataSync()]);
    expect(maxDifference(gradient, numericalGradient(f, x, [7, 3]))).toBeLessThan(2e-3);
  });

  it("has a second derivative", () => {
    const graph = syntheticGraph(3);
    const cubes = (x: Tensor): Scalar => tf.sum(tf.pow(sparseMatMul(tf, graph, x as Tensor2D), 3));
    const second = tf.tidy(() => {
      const ones = tf.ones([3, 1]);
      return [...tf.grad((x) => tf.sum(tf.grad(cubes)(x)))(ones).dataSync()];
    });
    expect(second.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
  });

  it("reduces segments, with gradients", () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    expect([...segmentSum(tf, x, [0, 1, 1], 2).dataSync()]).toEqual([1, 2, 8, 10]);
    const gradient = tf.grad((input) =>
      tf.sum(tf.square(segmentMean(tf, input as Tensor2D, [0, 1, 1], 2))),
    )(x);
    expect([...gradient.dataSync()]).toEqual([2, 4, 4, 5, 4, 5]);
  });
});

describe("gcnForward", () => {
  it("learns: its gradients by the weights agree with differences, with inner sizes over 48", () => {
    const random = createRandom(2);
    const graph = syntheticGraph(5);
    const params = initGcn(60, random, [52, 6]);
    const variables = toVariables(tf, params);
    const x = tf.tensor2d(normals(random, 5 * 60), [5, 60]);
    const loss = (weight: Tensor): Scalar =>
      tf.sum(tf.square(gcnForward(tf, new Map<string, Tensor>([...variables, ["gcn.1.weight", weight]]), x, graph)));
    const initial = params.get("gcn.1.weight")?.data ?? new Float32Array();
    const gradient = tf.tidy(() => [...tf.grad(loss)(tf.tensor2d(initial, [52, 6])).dataSync()]);
    const scale = Math.max(...gradient.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect(maxDifference(gradient, numericalGradient(loss, initial, [52, 6])) / scale).toBeLessThan(5e-3);
  });

  it("gives a graph the same embedding alone and in a batch", () => {
    const random = createRandom(3);
    const variables = toVariables(tf, initGcn(10, random));
    const graphs = [syntheticGraph(5), syntheticGraph(9)];
    const [a, b] = [normals(random, 50), normals(random, 90)];
    const embed = (x: Float32Array, graph: SparseMatrix): Float32Array =>
      tf.tidy(() => gcnForward(tf, variables, tf.tensor2d(x, [graph.rowCount, 10]), graph).dataSync<"float32">());
    const batch = embed(Float32Array.of(...a, ...b), blockDiagonal(graphs));
    const alone = graphs.map((graph, i) => embed(i === 0 ? a : b, graph));
    expect(maxDifference(batch, alone.flatMap((values) => [...values]))).toBeLessThan(1e-5);
  });

  it("leaves no tensors behind in a tidy", () => {
    const variables = toVariables(tf, initGcn(4, createRandom(4)));
    const graph = syntheticGraph(6);
    const before = tf.memory().numTensors;
    for (let round = 0; round < 3; round++) {
      tf.tidy(() => {
        tf.variableGrads(() => tf.sum(gcnForward(tf, variables, tf.ones([6, 4]), graph)));
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("inference", () => {
  const random = createRandom(5);
  const params = mergeParams(initGcn(37, random), initLayers("head", [64, 64, 64, 1], random));

  it.each([1, 2, 64, 150, 1000])("agrees with the forward functions to 1e-4 at %d nodes", (nodes) => {
    const graph = syntheticGraph(nodes);
    const x = normals(createRandom(nodes), nodes * 37);
    const variables = toVariables(tf, params);
    for (const residual of [false, true]) {
      const [expected, expectedHead] = tf.tidy(() => {
        const z = gcnForward(tf, variables, tf.tensor2d(x, [nodes, 37]), graph, { residual });
        return [z.dataSync(), mlpForward(tf, variables, "head", z).dataSync()];
      });
      for (const backend of [tf, null]) {
        const embedder = createEmbedder(backend, params, { residual });
        const head = createMlp(backend, params, "head");
        const z = embedder.embedGraph(x, graph);
        expect(maxDifference(z, expected)).toBeLessThan(1e-4);
        expect(maxDifference(head.run(z), expectedHead)).toBeLessThan(1e-4);
        embedder.dispose();
        head.dispose();
      }
    }
  });

  it("agrees for tanh and linear networks", () => {
    const x = normals(createRandom(6), 20 * 64);
    const variables = toVariables(tf, params);
    for (const activation of ["tanh", "linear"] as const) {
      const expected = tf.tidy(() =>
        mlpForward(tf, variables, "head", tf.tensor2d(x, [20, 64]), activation).dataSync(),
      );
      const mlp = createMlp(tf, params, "head", activation);
      expect(maxDifference(mlp.run(x), expected)).toBeLessThan(1e-4);
      mlp.dispose();
    }
  });

  it("holds nothing after dispose, whatever ran in between", () => {
    const before = tf.memory().numTensors;
    const embedder = createEmbedder(tf, params);
    for (const nodes of [3, 200]) embedder.embedGraph(new Float32Array(nodes * 37), syntheticGraph(nodes));
    embedder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("survives a tidy around its creation", () => {
    let mlp = createMlp(null, params, "head");
    tf.tidy(() => {
      mlp = createMlp(tf, params, "head");
    });
    expect(mlp.run(new Float32Array(64 * 64))).toHaveLength(64);
    mlp.dispose();
  });

  it("handles widths that are not multiples of the block", () => {
    const a = normals(random, 3 * 7);
    const b = normals(random, 7 * 5);
    const expected = tf.tidy(() => tf.matMul(tf.tensor2d(a, [3, 7]), tf.tensor2d(b, [7, 5])).dataSync());
    expect(maxDifference(denseTimesDense(a, 3, b, 7, 5), expected)).toBeLessThan(1e-5);
  });

  it("refuses features of another width", () => {
    const mlp = createMlp(null, params, "head");
    expect(() => mlp.run(new Float32Array(65))).toThrow(/rows of 64/);
  });
});

describe("parameters", () => {
  it("survive the way to variables and back", () => {
    const params = initLayers("a", [3, 4, 2], createRandom(1));
    const variables = toVariables(tf, params);
    expect(toParams(variables)).toEqual(params);
    disposeAll(variables);
    expect([...variables.values()].every((variable) => variable.isDisposed)).toBe(true);
  });

  it("start with the spread of their scheme, the last layer scaled", () => {
    const spread = (params: ParamSet, name: string): number => {
      const data = params.get(name)?.data ?? new Float32Array();
      return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
    };
    const he = initLayers("a", [200, 100, 50], createRandom(1), { finalScale: 0.1 });
    expect(spread(he, "a.0.weight")).toBeCloseTo(Math.sqrt(2 / 200), 2);
    expect(spread(he, "a.1.weight")).toBeCloseTo(0.1 * Math.sqrt(2 / 100), 2);
    const glorot = initLayers("a", [200, 100], createRandom(1), { scheme: "glorot" });
    expect(spread(glorot, "a.0.weight")).toBeCloseTo(Math.sqrt(2 / 300), 2);
    expect(initLayers("a", [3, 2], createRandom(1))).toEqual(initLayers("a", [3, 2], createRandom(1)));
  });

  it("are refused where names collide, layers are absent or lack a bias", () => {
    const params = initLayers("a", [3, 2], createRandom(1));
    expect(() => mergeParams(params, params)).toThrow(/"a.0.weight"/);
    expect(() => layersOf(params, "b")).toThrow(/no layers "b.0"/);
    expect(() => layersOf(new Map([...params].slice(0, 1)), "a")).toThrow(/no bias/);
    expect(() => initLayers("a", [3], createRandom(1))).toThrow(RangeError);
  });
});
