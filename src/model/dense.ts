import type { Tensor, Tensor2D } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import { layersOf, type Layer, type ParamSet, type ParamTensor, type TensorSet } from "./params.js";
import type { Random } from "./random.js";

export type Activation = "relu" | "tanh" | "linear";

export interface InitOptions {
  /**
   * Standard deviation of the weights: "he" sqrt(2 / fanIn) for relu (He et al., ICCV 2015), "glorot"
   * sqrt(2 / (fanIn + fanOut)) for tanh and linear layers (Glorot and Bengio, AISTATS 2010).
   */
  readonly scheme?: "he" | "glorot";
  /** Factor on the last layer's weights: below 1 lets a network start near a constant output. Default 1. */
  readonly finalScale?: number;
}

/**
 * Initial weights of dense layers `prefix.0`, `prefix.1`, ... of widths[0] -> widths[1] -> ...: normal weights, biases
 * of zero.
 *
 * @throws RangeError for fewer than two widths.
 */
export function initLayers(
  prefix: string,
  widths: readonly number[],
  random: Random,
  { scheme = "he", finalScale = 1 }: InitOptions = {},
): ParamSet {
  const params = new Map<string, ParamTensor>();
  const count = widths.length - 1;
  if (count < 1) throw new RangeError(`Layers "${prefix}" need an input and an output width.`);
  for (const [index, fanOut] of widths.slice(1).entries()) {
    const fanIn = widths[index] ?? 0;
    const spread = Math.sqrt(2 / (scheme === "he" ? fanIn : fanIn + fanOut)) * (index === count - 1 ? finalScale : 1);
    const weight = Float32Array.from({ length: fanIn * fanOut }, () => spread * random.normal());
    params.set(`${prefix}.${index}.weight`, { shape: [fanIn, fanOut], data: weight });
    params.set(`${prefix}.${index}.bias`, { shape: [fanOut], data: new Float32Array(fanOut) });
  }
  return params;
}

/**
 * activation(x W + b): [rows, inputWidth] -> [rows, outputWidth]. Deliberately unfused: in tfjs 4.22.0 the WebAssembly
 * kernel behind tf.fused.matMul gives wrong products for batched or transposed inputs with an inner size over 48.
 */
export function denseForward(tf: Tf, layer: Layer<Tensor>, x: Tensor2D, activation: Activation): Tensor2D {
  return activate(tf, tf.add(tf.matMul(x, layer.weight as Tensor2D), layer.bias), activation);
}

/** All layers of `prefix`, with the activation after each but the last: [rows, inputWidth] -> [rows, outputWidth]. */
export function mlpForward(
  tf: Tf,
  params: TensorSet,
  prefix: string,
  x: Tensor2D,
  activation: Activation = "relu",
): Tensor2D {
  const layers = layersOf(params, prefix);
  return layers.reduce(
    (hidden, layer, index) => denseForward(tf, layer, hidden, index < layers.length - 1 ? activation : "linear"),
    x,
  );
}

export function activate<T extends Tensor>(tf: Tf, x: T, activation: Activation): T {
  switch (activation) {
    case "relu":
      return tf.relu(x);
    case "tanh":
      return tf.tanh(x);
    case "linear":
      return x;
  }
}
