import type { Tensor2D } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import { initLayers } from "./dense.js";
import { layersOf, type ParamSet, type TensorSet } from "./params.js";
import type { Random } from "./random.js";
import type { SparseMatrix } from "./sparse.js";
import { sparseMatMul } from "./sparse-product.js";

export interface GcnOptions {
  /** Name before the layers' numbers. Default "gcn". */
  readonly prefix?: string;
  /** Adds a layer's input to its output where both have the same width. Default false, as in Kipf and Welling. */
  readonly residual?: boolean;
}

/** Initial weights of a graph convolutional network; by default three layers of 64. */
export function initGcn(
  inputWidth: number,
  random: Random,
  hiddenWidths: readonly number[] = [64, 64, 64],
  prefix = "gcn",
): ParamSet {
  return initLayers(prefix, [inputWidth, ...hiddenWidths], random);
}

/**
 * Node embeddings by graph convolution, H' = relu(Â (H W) + b) per layer (Kipf and Welling, ICLR 2017):
 * features [nodes, inputWidth], Â [nodes, nodes] from normalizedAdjacency (block-diagonal for a batch of graphs) ->
 * [nodes, lastWidth].
 */
export function gcnForward(
  tf: Tf,
  params: TensorSet,
  features: Tensor2D,
  adjacency: SparseMatrix,
  { prefix = "gcn", residual = false }: GcnOptions = {},
): Tensor2D {
  let hidden = features;
  for (const { weight, bias } of layersOf(params, prefix)) {
    const propagated = sparseMatMul(tf, adjacency, tf.matMul(hidden, weight));
    const output: Tensor2D = tf.relu(tf.add(propagated, bias));
    hidden = residual && output.shape[1] === hidden.shape[1] ? tf.add(hidden, output) : output;
  }
  return hidden;
}
