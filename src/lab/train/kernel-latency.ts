import { fitRoofline, rooflineUs } from "../../conv/roofline.js";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { KERNEL_WIDTH, type KernelLatencyModel, memberPrefix } from "../../model/kernel-latency.js";
import { mergeParams, toParams, toVariables, disposeAll, type ParamSet } from "../../model/params.js";
import { createRandom } from "../../model/random.js";
import { fitScaler, standardise } from "../../model/scaler.js";
import { fit } from "../../model/training.js";
import type { KernelExample } from "./examples.js";
import { smoothL1, weightedSum } from "./losses.js";

export interface KernelTrainingOptions {
  readonly seed: number;
  readonly members: number;
  readonly epochs: number;
  readonly hidden: readonly number[];
  readonly onProgress?: (message: string) => void;
}

export const KERNEL_TRAINING: KernelTrainingOptions = { seed: 1, members: 3, epochs: 60, hidden: [64, 64] };

/** Rows this short are dominated by the profiler's rounding; they count less. */
const ROUNDING_US = 2;
const BETA = 0.05;
const BATCH = 512;

interface Row {
  readonly x: Float32Array;
  readonly target: number;
  readonly weight: number;
}

/** Fits the engine-aware kernel latency c on the sweep: roofline first, then the networks on what it leaves. */
export async function trainKernelLatency(
  tf: Tf,
  examples: readonly KernelExample[],
  options: KernelTrainingOptions = KERNEL_TRAINING,
): Promise<KernelLatencyModel> {
  const usable = examples.filter(({ features, kernel, latencyUs }) => latencyUs > 0 && features.facts[kernel]?.known);
  const measured = usable.flatMap(({ features, kernel, latencyUs }) => {
    const facts = features.facts[kernel];
    return facts === undefined ? [] : [{ facts, latencyUs }];
  });
  const roofline = fitRoofline(measured);
  const rows = usable.map(({ features, kernel }) => rowOf(features.kernelMatrix, kernel));
  const scaler = fitScaler(rows, KERNEL_WIDTH);
  const data = measured.map(({ facts, latencyUs }, index): Row => ({
    x: standardise(rows[index] ?? new Float32Array(KERNEL_WIDTH), scaler),
    target: Math.log(latencyUs / rooflineUs(roofline, facts)),
    weight: latencyUs / (latencyUs + ROUNDING_US),
  }));
  const members: ParamSet[] = [];
  for (let member = 0; member < options.members; member += 1) {
    members.push(await trainMember(tf, data, member, options));
  }
  return { roofline, scaler, params: mergeParams(...members), members: options.members };
}

async function trainMember(
  tf: Tf,
  data: readonly Row[],
  member: number,
  { seed, epochs, hidden, onProgress }: KernelTrainingOptions,
): Promise<ParamSet> {
  const random = createRandom(seed * 100 + member);
  const shuffled = random.shuffle(data);
  // Each member holds out another tenth, to stop at its best epoch.
  const heldOut = Math.floor(shuffled.length / 10);
  const validation = shuffled.slice(0, heldOut);
  const training = shuffled.slice(heldOut);
  const prefix = memberPrefix(member);
  const variables = toVariables(tf, initLayers(prefix, [KERNEL_WIDTH, ...hidden, 1], random, { finalScale: 0.1 }));
  const loss = (rows: readonly Row[]) => {
    const x = tf.tensor2d(joined(rows), [rows.length, KERNEL_WIDTH]);
    const predicted = tf.reshape(mlpForward(tf, variables, prefix, x), [rows.length]);
    const error = tf.sub(predicted, tf.tensor1d(rows.map(({ target }) => target)));
    const weights = tf.tensor1d(rows.map(({ weight }) => weight / rows.length));
    return weightedSum(tf, smoothL1(tf, error, BETA), weights);
  };
  const result = await fit(tf, variables, training, loss, {
    epochs,
    seed: seed * 100 + member,
    batchSize: BATCH,
    learningRate: 3e-3,
    weightDecay: 1e-2,
    clipNorm: 5,
    averageDecay: 0.99,
    validate: () => loss(validation).dataSync()[0] ?? Infinity,
  });
  onProgress?.(
    `kernel network ${member + 1}: best epoch ${result.bestEpoch}, validation loss ${(result.bestValidation ?? 0).toFixed(4)}`,
  );
  const params = toParams(variables);
  disposeAll(variables);
  return params;
}

function rowOf(matrix: Float32Array, row: number): Float32Array {
  return matrix.slice(row * KERNEL_WIDTH, (row + 1) * KERNEL_WIDTH);
}

function joined(rows: readonly Row[]): Float32Array {
  const result = new Float32Array(rows.length * KERNEL_WIDTH);
  rows.forEach(({ x }, index) => result.set(x, index * KERNEL_WIDTH));
  return result;
}
