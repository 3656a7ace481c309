import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { FACTOR_SCHEMA, type FactorSchema } from "../../features/factor-features.js";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { configurationName, type FactorsModel, factorsPrefix, ownName } from "../../model/factors.js";
import { disposeAll, mergeParams, type ParamSet, toParams, toVariables, type VariableSet } from "../../model/params.js";
import { createRandom, type Random } from "../../model/random.js";
import { fitScaler, withPlainColumns } from "../../model/scaler.js";
import { fit } from "../../model/training.js";
import { concat } from "./arrays.js";
import { type Batch, type BatchSize, batchesOf, EMPTY, type Item, itemsOf } from "./factors-batches.js";
import type { FactorSample } from "./factor-sample.js";
import { factorsLoss, type FactorsLossOptions } from "./factors-loss.js";

export interface FactorsTrainingOptions {
  readonly seed: number;
  readonly members: number;
  readonly rank: number;
  readonly hidden: readonly number[];
  readonly epochs: number;
  /** Of graphs, each with all of its configurations. */
  readonly batchSize: BatchSize;
  readonly learningRate: number;
  /** Standard deviation of the noise on the standardised logarithms among the inputs. */
  readonly inputNoise: number;
  /** Penalty on the squares of a configuration's own part, which keeps configurations of like features alike. */
  readonly ownPenalty: number;
  /** Penalty on the squares of the network's weights: without it, the network knows the families that trained by heart. */
  readonly weightPenalty: number;
  /** Whether flags are standardised too: a rare one then weighs as much as a common one. Otherwise they stay 0 and 1. */
  readonly scaleFlags: boolean;
  /** What an error of a part counts beside one of the whole graph, by the part's share of its latency; 0 by default. */
  readonly partWeight?: number;
  readonly onProgress?: (message: string) => void;
  /** Without one, factors are trained anew each time. */
  readonly keep?: FactorsKeeper | undefined;
}

/** Gives factors that were trained from the same before, or else trains them. */
export type FactorsKeeper = (samples: readonly FactorSample[], options: FactorsTrainingOptions, train: () => Promise<FactorsModel>) => Promise<FactorsModel>;

export const FACTORS_TRAINING: FactorsTrainingOptions = {
  seed: 1,
  members: 3,
  rank: 16,
  hidden: [64, 64],
  epochs: 50,
  batchSize: { graphs: 8 },
  learningRate: 3e-3,
  inputNoise: 0.2,
  ownPenalty: 0.01,
  weightPenalty: 0,
  scaleFlags: true,
};

/** Trains the ensemble; the same samples, seed and backend give the same model. @throws RangeError without samples */
export async function trainFactors(
  tf: Tf,
  samples: readonly FactorSample[],
  options: FactorsTrainingOptions = FACTORS_TRAINING,
): Promise<FactorsModel> {
  const train = (): Promise<FactorsModel> => trainMembers(tf, samples, options);
  return options.keep?.(samples, options, train) ?? train();
}

async function trainMembers(tf: Tf, samples: readonly FactorSample[], options: FactorsTrainingOptions): Promise<FactorsModel> {
  const configurations = distinct(samples.map(({ configuration }) => configuration), ({ id }) => id);
  const graphs = distinct(samples, ({ graphId }) => graphId);
  const { schema } = samples[0]?.features ?? { schema: FACTOR_SCHEMA };
  const { width, numeric } = schema;
  const fitted = fitScaler(graphs.map(({ features }) => features.matrix), width);
  const scaler = options.scaleFlags ? fitted : withPlainColumns(fitted, (column) => column < numeric.from || column >= numeric.to);
  const names = [...new Set(configurations.flatMap(({ features }) => Object.keys(features)))].sort();
  const items = itemsOf(samples, graphs, configurations, scaler);
  const featureMatrix = Float32Array.from(configurations.flatMap(({ features }) => names.map((name) => features[name] ?? 0)));
  const sets: ParamSet[] = [];
  for (let member = 0; member < options.members; member++) {
    const seed = options.seed + 1000 * member;
    const random = createRandom(seed);
    const pool = noisePool(random);
    const variables = toVariables(tf, initial(member, schema, items, configurations.length, names.length, options, random));
    const features = tf.tensor2d(featureMatrix, [configurations.length, names.length]);
    const batches = batchesOf(items, options.batchSize, random);
    const lossOf = ([batch]: readonly Batch[]): Scalar => loss(tf, variables, member, batch ?? EMPTY, features, options, { schema, random, pool });
    const result = await fit(tf, variables, batches, lossOf, {
      epochs: options.epochs,
      seed,
      ...("batches" in options.batchSize ? { mostSteps: options.batchSize.batches } : {}),
      learningRate: options.learningRate,
      weightDecay: 1e-3,
      clipNorm: 5,
      averageDecay: 0.98,
    });
    options.onProgress?.(`factors, member ${member + 1}: loss ${(result.history.at(-1)?.loss ?? NaN).toFixed(4)}`);
    sets.push(toParams(variables));
    disposeAll(variables);
    features.dispose();
  }
  return {
    scaler,
    rank: options.rank,
    members: options.members,
    configurationFeatures: names,
    configurations,
    params: mergeParams(...sets),
  };
}

/** Weights to start from: each configuration as fast as its measurements are relative to the rough latencies. */
function initial(
  member: number,
  schema: FactorSchema,
  items: readonly Item[],
  configurations: number,
  features: number,
  { rank, hidden }: FactorsTrainingOptions,
  random: Random,
): ParamSet {
  const width = rank + 2;
  const own = new Float32Array(configurations * width);
  for (let column = 0; column < configurations; column++) {
    const measured = items.filter(({ mask }) => mask[column] === 1);
    const mean = (of: (item: Item) => number): number =>
      measured.reduce((sum, item) => sum + of(item), 0) / Math.max(1, measured.length);
    own[column * width + rank] = mean((item) => (item.logLatency[column] ?? 0) - logSum(item.logBaseUs[column] ?? new Float32Array()));
    own[column * width + rank + 1] = mean((item) => item.logLatency[column] ?? 0) + Math.log(CONSTANT_SHARE);
  }
  const weights = Float32Array.from({ length: features * width }, (_, i) => (i % width < rank ? 0.3 * random.normal() : 0));
  return mergeParams(
    initLayers(factorsPrefix(member), [schema.width, ...hidden, rank + 1], random, { finalScale: 0.3 }),
    new Map([
      [configurationName(member), { shape: [features, width], data: weights }],
      [ownName(member), { shape: [configurations, width], data: own }],
    ]),
  );
}

/** Share of a latency that the constant starts from. */
const CONSTANT_SHARE = 0.01;

function logSum(logs: Float32Array): number {
  return Math.log(logs.reduce((sum, log) => sum + Math.exp(log), 0));
}

function loss(
  tf: Tf,
  variables: VariableSet,
  member: number,
  batch: Batch,
  configurationFeatures: Tensor2D,
  { rank, inputNoise, ownPenalty, weightPenalty, partWeight = 0 }: FactorsTrainingOptions,
  { schema, random, pool }: { readonly schema: FactorSchema; readonly random: Random; readonly pool: Float32Array },
): Scalar {
  const inputs = concat(batch.items.map(({ inputs }) => inputs));
  if (inputNoise > 0) addNoise(inputs, schema, inputNoise, pool, random);
  const output = mlpForward(tf, variables, factorsPrefix(member), tf.tensor2d(inputs, [inputs.length / schema.width, schema.width]));
  const own = matrixOf(variables, ownName(member));
  const vectors: Tensor2D = tf.add(tf.matMul(configurationFeatures, matrixOf(variables, configurationName(member))), own);
  const penalty = tf.mul(tf.mean(tf.square(tf.slice2d(own, [0, 0], [own.shape[0], rank]))), ownPenalty);
  const terms = [tf.add<Scalar>(latencyLoss(tf, batch, output, vectors, { rank, partWeight }), penalty)];
  if (weightPenalty > 0) terms.push(tf.mul(sumOfSquares(tf, variables, factorsPrefix(member)), weightPenalty));
  return terms.reduce((sum, term) => tf.add(sum, term));
}

/** factorsLoss as an operation that gradients flow through. */
function latencyLoss(tf: Tf, batch: Batch, output: Tensor2D, vectors: Tensor2D, options: FactorsLossOptions): Scalar {
  const operation = tf.customGrad<Scalar>(() => {
    const loss = factorsLoss(batch, output.dataSync(), vectors.dataSync(), options);
    const scaled = (upstream: Scalar, slopes: Float32Array, { shape }: Tensor2D): Tensor2D => tf.mul(upstream, tf.tensor2d(slopes, shape));
    return {
      value: tf.scalar(loss.value),
      gradFunc: (upstream: Scalar) => [scaled(upstream, loss.output, output), scaled(upstream, loss.vectors, vectors)],
    };
  });
  return operation(output, vectors);
}

/** Of the weights of the layers, without their biases. */
function sumOfSquares(tf: Tf, variables: VariableSet, prefix: string): Scalar {
  const layers = [...variables].filter(([name, { rank }]) => name.startsWith(prefix) && rank === 2).map(([, variable]) => variable);
  // WebAssembly has no gradient of tf.addN.
  return layers.reduce((sum, weights) => tf.add<Scalar>(sum, tf.sum(tf.square(weights as unknown as Tensor2D))), tf.scalar(0));
}

function matrixOf(variables: VariableSet, name: string): Tensor2D {
  const variable = variables.get(name);
  if (variable === undefined) throw new Error(`There is no parameter "${name}".`);
  return variable as unknown as Tensor2D;
}

/** Normal numbers to draw from: making new ones for every input of every step takes as long as the step. */
const NOISE_POOL = 1 << 16;

function noisePool(random: Random): Float32Array {
  return Float32Array.from({ length: NOISE_POOL }, () => random.normal());
}

function addNoise(inputs: Float32Array, { width, numeric }: FactorSchema, noise: number, pool: Float32Array, random: Random): void {
  for (let start = 0; start < inputs.length; start += width) {
    let draw = random.integer(pool.length);
    for (let column = numeric.from; column < numeric.to; column++) {
      inputs[start + column] = (inputs[start + column] ?? 0) + noise * (pool[draw++ % pool.length] ?? 0);
    }
  }
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const found = new Map<string, T>();
  for (const item of items) if (!found.has(keyOf(item))) found.set(keyOf(item), item);
  return [...found.values()];
}
