import { fitRoofline, rooflineUs } from "../../conv/roofline.js";
import type { KernelFacts } from "../../features/kernel-facts.js";
import type { Tf } from "../../model/backend.js";
import { NUMERIC_FROM } from "../../features/kernel-features.js";
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
/** The network of what kernels are slower by alone; it sees no class, so that it cannot learn one's latency. */
const ALONE = "alone";
const ALONE_UNITS = 16;

interface Row {
  readonly x: Float32Array;
  readonly target: number;
  readonly weight: number;
  /** 1 where the kernel ran alone, 0 in a network. */
  readonly alone: 0 | 1;
}

interface MeasuredKernel {
  readonly facts: KernelFacts;
  readonly x: Float32Array;
  readonly latencyUs: number;
  readonly alone: 0 | 1;
}

/**
 * Fits the engine-aware kernel latency c: roofline first, then the networks on what it leaves. A kernel of `sweep` ran
 * alone in a small model, one of `profiled` in a network; c is that in a network, and what kernels are slower by alone
 * is learned beside it and left out of the model. Without `profiled` kernels c is that of kernels alone.
 */
export async function trainKernelLatency(
  tf: Tf,
  sweep: readonly KernelExample[],
  profiled: readonly KernelExample[],
  options: KernelTrainingOptions = KERNEL_TRAINING,
): Promise<KernelLatencyModel> {
  const measured = [...measuredOf(sweep, profiled.length === 0 ? 0 : 1), ...measuredOf(profiled, 0)];
  const roofline = fitRoofline(measured);
  const scaler = fitScaler(measured.map(({ x }) => x), KERNEL_WIDTH);
  const data = measured.map(({ facts, x, latencyUs, alone }): Row => ({
    x: standardise(x, scaler),
    target: Math.log(latencyUs / rooflineUs(roofline, facts)),
    weight: latencyUs / (latencyUs + ROUNDING_US),
    alone,
  }));
  const members: ParamSet[] = [];
  for (let member = 0; member < options.members; member += 1) {
    members.push(await trainMember(tf, data, member, options));
  }
  return { roofline, scaler, params: mergeParams(...members), members: options.members };
}

/** What is known of the kernels that took any time. */
function measuredOf(examples: readonly KernelExample[], alone: 0 | 1): MeasuredKernel[] {
  return examples.flatMap(({ features, kernel, latencyUs }) => {
    const facts = features.facts[kernel];
    if (facts === undefined || !facts.known || latencyUs <= 0) return [];
    return [{ facts, x: rowOf(features.kernelMatrix, kernel), latencyUs, alone }];
  });
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
  const own = initLayers(prefix, [KERNEL_WIDTH, ...hidden, 1], random, { finalScale: 0.1 });
  const alone = initLayers(ALONE, [KERNEL_WIDTH - NUMERIC_FROM, ALONE_UNITS, 1], random, { finalScale: 0.1 });
  const variables = toVariables(tf, mergeParams(own, alone));
  const loss = (rows: readonly Row[]) => {
    const x = tf.tensor2d(joined(rows), [rows.length, KERNEL_WIDTH]);
    const inNetwork = tf.reshape(mlpForward(tf, variables, prefix, x), [rows.length]);
    const numeric = tf.slice(x, [0, NUMERIC_FROM], [rows.length, KERNEL_WIDTH - NUMERIC_FROM]);
    const slower = tf.reshape(mlpForward(tf, variables, ALONE, numeric), [rows.length]);
    const predicted = tf.add(inNetwork, tf.mul(slower, tf.tensor1d(rows.map((row) => row.alone))));
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
  const params = new Map([...toParams(variables)].filter(([name]) => own.has(name)));
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
