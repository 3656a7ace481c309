import type { Tensor2D } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import type { Activation } from "./dense.js";
import type { GcnOptions } from "./gcn.js";
import { layersOf, type ParamSet, type ParamTensor } from "./params.js";
import { sparseTimesDense, type SparseMatrix } from "./sparse.js";

/** A trained graph convolutional network, ready to embed one graph at a time. */
export interface Embedder {
  readonly inputWidth: number;
  readonly outputWidth: number;
  /** Features [nodes, inputWidth], row-major, and Â [nodes, nodes] -> embeddings [nodes, outputWidth]. */
  embedGraph(features: Float32Array, adjacency: SparseMatrix): Float32Array;
  dispose(): void;
}

/** A trained multilayer perceptron, ready to run. */
export interface Mlp {
  readonly inputWidth: number;
  readonly outputWidth: number;
  /** [rows, inputWidth], row-major -> [rows, outputWidth]. */
  run(x: Float32Array): Float32Array;
  dispose(): void;
}

/**
 * The same result as gcnForward without its overhead: sparse products in plain loops, dense ones on the backend once
 * they are large enough to be worth the way there and back.
 *
 * @param tf null computes everything in plain loops.
 */
export function createEmbedder(
  tf: Tf | null,
  params: ParamSet,
  { prefix = "gcn", residual = false }: GcnOptions = {},
): Embedder {
  const layers = layersOf(params, prefix).map(({ weight, bias }) => createLinear(tf, weight, bias.data));
  const { inputWidth, outputWidth } = ends(layers);
  return {
    inputWidth,
    outputWidth,
    embedGraph(features, adjacency) {
      let hidden = features;
      for (const layer of layers) {
        const output = sparseTimesDense(adjacency, layer.multiply(hidden), layer.outputWidth);
        finish(output, layer.bias, "relu");
        if (residual && layer.inputWidth === layer.outputWidth) addInPlace(output, hidden);
        hidden = output;
      }
      return hidden;
    },
    dispose: () => layers.forEach((layer) => layer.dispose()),
  };
}

/** The same result as mlpForward, computed like createEmbedder. */
export function createMlp(tf: Tf | null, params: ParamSet, prefix: string, activation: Activation = "relu"): Mlp {
  const layers = layersOf(params, prefix).map(({ weight, bias }) => createLinear(tf, weight, bias.data));
  const { inputWidth, outputWidth } = ends(layers);
  return {
    inputWidth,
    outputWidth,
    run: (x) =>
      layers.reduce((hidden, layer, index) => {
        const output = layer.multiply(hidden);
        finish(output, layer.bias, index < layers.length - 1 ? activation : "linear");
        return output;
      }, x),
    dispose: () => layers.forEach((layer) => layer.dispose()),
  };
}

interface Linear {
  readonly inputWidth: number;
  readonly outputWidth: number;
  readonly bias: Float32Array;
  /** [rows, inputWidth] -> [rows, outputWidth], without the bias. */
  multiply(x: Float32Array): Float32Array;
  dispose(): void;
}

/** Products of fewer multiply-accumulates than this are done before a backend call would return. */
const BACKEND_FROM_MACS = 10_000;

function createLinear(tf: Tf | null, weight: ParamTensor, bias: Float32Array): Linear {
  const [inputWidth = 0, outputWidth = 0] = weight.shape;
  const resident = tf === null ? null : tf.keep(tf.tensor2d(weight.data, [inputWidth, outputWidth]));
  return {
    inputWidth,
    outputWidth,
    bias,
    multiply(x) {
      const rows = x.length / inputWidth;
      if (!Number.isInteger(rows)) {
        throw new RangeError(`${x.length} elements do not make rows of ${inputWidth}.`);
      }
      const large = rows * inputWidth * outputWidth >= BACKEND_FROM_MACS;
      return tf !== null && resident !== null && large
        ? backendProduct(tf, x, rows, resident)
        : denseTimesDense(x, rows, weight.data, inputWidth, outputWidth);
    },
    dispose: () => resident?.dispose(),
  };
}

function backendProduct(tf: Tf, x: Float32Array, rows: number, weight: Tensor2D): Float32Array {
  const input = tf.tensor2d(x, [rows, weight.shape[0]]);
  const product = tf.matMul(input, weight);
  const values = product.dataSync<"float32">();
  input.dispose();
  product.dispose();
  return values;
}

/** [rows, inner] x [inner, width] -> [rows, width] in plain loops; four rows of the weight at a time. */
export function denseTimesDense(
  x: Float32Array,
  rows: number,
  weight: Float32Array,
  inner: number,
  width: number,
): Float32Array {
  const product = new Float32Array(rows * width);
  const blocked = inner - (inner % 4);
  for (let row = 0; row < rows; row++) {
    const source = row * inner;
    const target = row * width;
    for (let k = 0; k < blocked; k += 4) {
      const x0 = x[source + k] ?? 0;
      const x1 = x[source + k + 1] ?? 0;
      const x2 = x[source + k + 2] ?? 0;
      const x3 = x[source + k + 3] ?? 0;
      const w0 = k * width;
      const w1 = w0 + width;
      const w2 = w1 + width;
      const w3 = w2 + width;
      for (let j = 0; j < width; j++) {
        product[target + j] =
          (product[target + j] ?? 0) +
          x0 * (weight[w0 + j] ?? 0) +
          x1 * (weight[w1 + j] ?? 0) +
          x2 * (weight[w2 + j] ?? 0) +
          x3 * (weight[w3 + j] ?? 0);
      }
    }
    for (let k = blocked; k < inner; k++) {
      const value = x[source + k] ?? 0;
      for (let j = 0; j < width; j++) {
        product[target + j] = (product[target + j] ?? 0) + value * (weight[k * width + j] ?? 0);
      }
    }
  }
  return product;
}

/** activation(x + bias), in place; one loop per activation, so that each compiles to straight-line code. */
function finish(x: Float32Array, bias: Float32Array, activation: Activation): void {
  const width = bias.length;
  for (let start = 0; start < x.length; start += width) {
    switch (activation) {
      case "relu":
        // (v + |v|) / 2 is max(0, v) without the branch, which random signs would mispredict: 4 times faster.
        for (let j = 0; j < width; j++) {
          const value = (x[start + j] ?? 0) + (bias[j] ?? 0);
          x[start + j] = 0.5 * (value + Math.abs(value));
        }
        break;
      case "tanh":
        for (let j = 0; j < width; j++) x[start + j] = Math.tanh((x[start + j] ?? 0) + (bias[j] ?? 0));
        break;
      case "linear":
        for (let j = 0; j < width; j++) x[start + j] = (x[start + j] ?? 0) + (bias[j] ?? 0);
    }
  }
}

function addInPlace(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (addend[i] ?? 0);
}

function ends(layers: readonly Linear[]): { inputWidth: number; outputWidth: number } {
  return { inputWidth: layers[0]?.inputWidth ?? 0, outputWidth: layers.at(-1)?.outputWidth ?? 0 };
}
