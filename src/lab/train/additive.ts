import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import {
  type IdleModel,
  JOINED_WIDTH,
  MAX_IDLE_CORRECTION,
  NODE_INPUT_WIDTH,
  nodeInputs,
} from "../../model/additive.js";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { gcnForward, initGcn } from "../../model/gcn.js";
import { type KernelLatencyModel, KernelLatencyPredictor } from "../../model/kernel-latency.js";
import { disposeAll, mergeParams, toParams, toVariables, type VariableSet } from "../../model/params.js";
import { createRandom, type Random } from "../../model/random.js";
import { fitScaler, standardise } from "../../model/scaler.js";
import { blockDiagonal, normalizedAdjacency, segmentsOfSizes, type SparseMatrix } from "../../model/sparse.js";
import { segmentSum } from "../../model/sparse-product.js";
import { fit } from "../../model/training.js";
import { concat } from "./arrays.js";
import type { IdleExample } from "./examples.js";
import { smoothL1, weightedSum } from "./losses.js";

export interface AdditiveTrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Weight of the per-kernel profile loss. */
  readonly profileWeight: number;
  /** Standard deviation of the noise on the standardised inputs. */
  readonly inputNoise: number;
  readonly onProgress?: (message: string) => void;
}

export const ADDITIVE_TRAINING: AdditiveTrainingOptions = {
  seed: 1,
  epochs: 40,
  batchSize: 16,
  learningRate: 1e-3,
  profileWeight: 0.3,
  inputNoise: 0.05,
};

/** Smooth-L1's corner on log latency: errors over 3 % count linearly. */
const BETA = 0.03;

interface Item {
  readonly inputs: Float32Array;
  /** log c, microseconds; kernels without a known cost are left out by weight 0. */
  readonly c: Float32Array;
  readonly adjacency: SparseMatrix;
  readonly logLatency: number;
  readonly profile: { readonly logUs: Float32Array; readonly share: Float32Array } | null;
}

/** Trains GCN and correction on idle labels and profiles; the best epoch on `validation` remains. */
export async function trainAdditive(
  tf: Tf,
  kernelLatency: KernelLatencyModel,
  training: readonly IdleExample[],
  validation: readonly IdleExample[],
  options: AdditiveTrainingOptions = ADDITIVE_TRAINING,
): Promise<IdleModel> {
  const kernels = new KernelLatencyPredictor(null, kernelLatency);
  const c = new Map([...training, ...validation].map((example) => [example, kernels.predictUs(example.features)]));
  const raw = (example: IdleExample): Float32Array =>
    nodeInputs(example.features.kernelMatrix, c.get(example) ?? new Float32Array());
  const scaler = fitScaler(training.map(raw), NODE_INPUT_WIDTH);
  const itemOf = (example: IdleExample): Item => ({
    inputs: standardise(raw(example), scaler),
    c: c.get(example) ?? new Float32Array(),
    adjacency: normalizedAdjacency(example.features.kernelGraph.adjacency),
    logLatency: Math.log(example.latencyUs),
    profile: profileTarget(example),
  });
  const random = createRandom(options.seed);
  const variables = toVariables(
    tf,
    mergeParams(
      initGcn(NODE_INPUT_WIDTH, random),
      initLayers("correction", [JOINED_WIDTH, 64, 1], random, { finalScale: 0.05 }),
      new Map([["overhead", { shape: [1], data: Float32Array.of(Math.log(10)) }]]),
    ),
  );
  const lossOf = (noise: number, profileWeight: number) => (batch: readonly Item[]) =>
    idleLoss(tf, variables, batch, { noise, profileWeight, random });
  const items = validation.map(itemOf);
  const judge = lossOf(0, 0);
  const result = await fit(tf, variables, training.map(itemOf), lossOf(options.inputNoise, options.profileWeight), {
    epochs: options.epochs,
    seed: options.seed,
    batchSize: options.batchSize,
    learningRate: options.learningRate,
    weightDecay: 1e-3,
    clipNorm: 5,
    averageDecay: 0.98,
    ...(items.length > 0 ? { validate: () => judge(items).dataSync()[0] ?? Infinity } : {}),
  });
  options.onProgress?.(
    `additive: best epoch ${result.bestEpoch}, validation loss ${(result.bestValidation ?? NaN).toFixed(4)}`,
  );
  const params = toParams(variables);
  disposeAll(variables);
  return { kernelLatency, scaler, params };
}

function profileTarget({ kernelUs, latencyUs }: IdleExample): Item["profile"] {
  if (kernelUs === null) return null;
  const total = kernelUs.reduce((sum, us) => sum + us, 0);
  // The profiled pass was another one: rescaled so that its kernels add up to the label.
  return {
    logUs: kernelUs.map((us) => Math.log(Math.max(0.2, (us * latencyUs) / total))),
    share: kernelUs.map((us) => us / total),
  };
}

interface LossOptions {
  readonly noise: number;
  readonly profileWeight: number;
  readonly random: Random;
}

function idleLoss(tf: Tf, variables: VariableSet, batch: readonly Item[], options: LossOptions): Scalar {
  const sizes = batch.map(({ c }) => c.length);
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const flat = concat(batch.map(({ inputs }) => inputs));
  if (options.noise > 0) flat.forEach((value, i) => (flat[i] = value + options.noise * options.random.normal()));
  const inputs = tf.tensor2d(flat, [rows, NODE_INPUT_WIDTH]);
  const z = gcnForward(tf, variables, inputs, blockDiagonal(batch.map(({ adjacency }) => adjacency)), { residual: true });
  const raw = mlpForward(tf, variables, "correction", tf.concat([z, inputs], 1));
  const correction = tf.mul(tf.tanh(raw), MAX_IDLE_CORRECTION);
  const c = tf.tensor2d(concat(batch.map((item) => item.c)), [rows, 1]);
  const kernelUs: Tensor2D = tf.mul(c, tf.exp(correction));
  const overhead = variables.get("overhead");
  const sums = tf.reshape(segmentSum(tf, kernelUs, segmentsOfSizes(sizes), batch.length), [batch.length]);
  const total = overhead === undefined ? sums : tf.add(sums, tf.exp(overhead));
  const error = tf.sub(tf.log(total), tf.tensor1d(batch.map(({ logLatency }) => logLatency)));
  const loss = tf.mean<Scalar>(smoothL1(tf, error, BETA));
  if (options.profileWeight === 0) return loss;
  return tf.add(loss, tf.mul(profileLoss(tf, batch, kernelUs), options.profileWeight));
}

/** Mean over models of the share-weighted error of their kernels' logarithms. */
function profileLoss(tf: Tf, batch: readonly Item[], kernelUs: Tensor2D): Scalar {
  const zeros = (item: Item): Float32Array => new Float32Array(item.c.length);
  const targets = concat(batch.map((item) => item.profile?.logUs ?? zeros(item)));
  const shares = concat(batch.map((item) => (item.profile?.share ?? zeros(item)).map((x) => x / batch.length)));
  const known = concat(batch.map(({ c }) => c.map((value) => (value > 0 ? 1 : 0))));
  const log = tf.log(tf.maximum(tf.reshape(kernelUs, [targets.length]), 1e-3));
  const error = tf.mul(tf.sub(log, tf.tensor1d(targets)), tf.tensor1d(known));
  return weightedSum(tf, smoothL1(tf, error, BETA), tf.tensor1d(shares));
}
