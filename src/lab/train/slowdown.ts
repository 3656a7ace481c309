import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import { STATE_FEATURE_NAMES, stateVector } from "../../features/state-vector.js";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { disposeAll, mergeParams, type ParamSet, toParams, toVariables, type VariableSet } from "../../model/params.js";
import { createRandom } from "../../model/random.js";
import { fitScaler, standardise } from "../../model/scaler.js";
import { completeState, fairShare, MAX_KERNEL_SLOWDOWN, phi, PHI_WIDTH, SLOWDOWN_RANK, type SlowdownModel, slowdownName } from "../../model/slowdown.js";
import type { IdleSource } from "../../model/slowed.js";
import { segmentMatrix, segmentsOfSizes, transposed } from "../../model/sparse.js";
import { segmentSum, sparseMatMul } from "../../model/sparse-product.js";
import { fitStateDistribution } from "../../model/state-distribution.js";
import { fit } from "../../model/training.js";
import type { HardwareState } from "../../features/state.js";
import { median } from "../dataset/statistics.js";
import { concat } from "./arrays.js";
import type { LoadedExample } from "./examples.js";
import { smoothL1 } from "./losses.js";

export interface SlowdownTrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  /** Of the ensemble, where rows are so few that what one learns is scatter in part. */
  readonly members: number;
  readonly onProgress?: (message: string) => void;
}

/** Nothing stops it early: the rows that validate lie in few states, and their loss says little of others. */
export const SLOWDOWN_TRAINING: SlowdownTrainingOptions = { seed: 1, epochs: 15, members: 3 };

const BETA = 0.03;
const BATCH = 32;
/** Of an epoch: where there are more rows than were ever measured, it is not all of them. */
const MOST_STEPS = 500;

interface Item {
  /** phi of the completed state, standardised. */
  readonly state: Float32Array;
  /** What the law of a fair scheduler alone says of log(slowdown). */
  readonly fairShare: number;
  readonly joined: Float32Array;
  /** Each kernel's share of the idle latency. */
  readonly share: Float32Array;
  /** log(latency / idle latency), both measured. */
  readonly logRatio: number;
}

/**
 * Trains S(h) and u_i . v(h) on measured slowdowns (loaded over idle label of the same model), so that errors of the
 * idle prediction do not leak in. `idleStates` are states read around idle passes; `validation` rows only report.
 */
export async function trainSlowdown(
  tf: Tf,
  idle: IdleSource,
  training: readonly LoadedExample[],
  validation: readonly LoadedExample[],
  idleStates: readonly HardwareState[],
  options: SlowdownTrainingOptions = SLOWDOWN_TRAINING,
): Promise<SlowdownModel> {
  const rows = [...training.map(({ state }) => state), ...idleStates].map((state) => [...stateVector(state).values]);
  const distribution = fitStateDistribution(rows);
  const idleState = Float32Array.from(STATE_FEATURE_NAMES, (_, i) =>
    median(idleStates.map((state) => stateVector(state).values[i] ?? 0)),
  );
  const complete = (state: HardwareState): Float32Array => {
    const { values, mask } = stateVector(state);
    return phi(completeState({ distribution, idle: idleState }, values, mask));
  };
  const scaler = fitScaler([...training.map(({ state }) => complete(state)), phi(idleState)], PHI_WIDTH);
  const embeddings = new Map(
    [...training, ...validation].map(({ id, features }) => [id, features] as const),
  );
  const embedded = new Map([...embeddings].map(([id, features]) => [id, idle.embed(features)]));
  const idleShare = fairShare(phi(idleState));
  const itemOf = ({ id, latencyUs, idleUs }: LoadedExample, state: HardwareState): Item => {
    const forms = complete(state);
    const embedding = embedded.get(id);
    const kernels = embedding?.idleUs ?? new Float32Array();
    const total = kernels.reduce((sum, us) => sum + us, 0);
    return {
      state: standardise(forms, scaler),
      fairShare: fairShare(forms) - idleShare,
      joined: embedding?.joined ?? new Float32Array(),
      share: kernels.map((us) => us / total),
      logRatio: Math.log(latencyUs / idleUs),
    };
  };
  const idlePhi = standardise(phi(idleState), scaler);
  // Each reading by itself, too: what readings scatter in, the network learns to trust less.
  const items = training.flatMap((example) => [example.state, ...example.readings].map((state) => itemOf(example, state)));
  const judged = validation.map((example) => itemOf(example, example.state));
  const sets: ParamSet[] = [];
  for (let member = 0; member < options.members; member++) {
    sets.push(await trainMember(tf, { items, judged, idlePhi, joinedWidth: idle.joinedWidth }, member, options));
  }
  return { distribution, scaler, idle: idleState, params: mergeParams(...sets), rank: SLOWDOWN_RANK, members: options.members };
}

interface MemberData {
  readonly items: readonly Item[];
  readonly judged: readonly Item[];
  readonly idlePhi: Float32Array;
  readonly joinedWidth: number;
}

async function trainMember(
  tf: Tf,
  { items, judged, idlePhi, joinedWidth }: MemberData,
  member: number,
  { seed: first, epochs, onProgress }: SlowdownTrainingOptions,
): Promise<ParamSet> {
  const seed = first + 1000 * member;
  const random = createRandom(seed);
  const outputs = 1 + SLOWDOWN_RANK;
  const variables = toVariables(
    tf,
    mergeParams(
      initLayers(slowdownName(member, "state"), [PHI_WIDTH, 24, outputs], random, { scheme: "glorot", finalScale: 0.3 }),
      initLayers(slowdownName(member, "stateLinear"), [PHI_WIDTH, outputs], random, { scheme: "glorot", finalScale: 0.3 }),
      initLayers(slowdownName(member, "factors"), [joinedWidth, 32, SLOWDOWN_RANK], random, { finalScale: 0.3 }),
    ),
  );
  const loss = (batch: readonly Item[]): Scalar => slowdownLoss(tf, { variables, member }, batch, idlePhi, joinedWidth);
  await fit(tf, variables, items, loss, {
    epochs,
    seed,
    batchSize: BATCH,
    mostSteps: MOST_STEPS,
    learningRate: 5e-3,
    weightDecay: 1e-2,
    clipNorm: 5,
    averageDecay: 0.98,
  });
  if (judged.length > 0) {
    const validationLoss = tf.tidy(() => loss(judged).dataSync()[0] ?? NaN);
    onProgress?.(`slowdown, member ${member + 1}: validation loss ${validationLoss.toFixed(4)}`);
  }
  const params = toParams(variables);
  disposeAll(variables);
  return params;
}

/** The variables of one member. */
interface MemberVariables {
  readonly variables: VariableSet;
  readonly member: number;
}

function slowdownLoss(tf: Tf, own: MemberVariables, batch: readonly Item[], idlePhi: Float32Array, joinedWidth: number): Scalar {
  const effect = stateOutputs(tf, own, concat(batch.map(({ state }) => state)));
  const reference = stateOutputs(tf, own, idlePhi);
  const difference: Tensor2D = tf.sub(effect, reference);
  const learned = tf.reshape(tf.slice(difference, [0, 0], [batch.length, 1]), [batch.length]);
  const s = tf.add(learned, tf.tensor1d(batch.map(({ fairShare }) => fairShare)));
  const v: Tensor2D = tf.slice(difference, [0, 1], [batch.length, SLOWDOWN_RANK]);
  const sizes = batch.map(({ share }) => share.length);
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const segments = segmentsOfSizes(sizes);
  const joined = tf.tensor2d(concat(batch.map((item) => item.joined)), [rows, joinedWidth]);
  const factors = tf.tanh(mlpForward(tf, own.variables, slowdownName(own.member, "factors"), joined));
  const perKernel = tf.sum(tf.mul(factors, repeatRows(tf, v, segments)), 1);
  const bounded = tf.mul(tf.tanh(tf.div(perKernel, MAX_KERNEL_SLOWDOWN)), MAX_KERNEL_SLOWDOWN);
  const shares = tf.tensor1d(concat(batch.map(({ share }) => share)));
  const weighted = tf.reshape(tf.mul(shares, tf.exp(bounded)), [rows, 1]);
  const sums = tf.reshape(segmentSum(tf, weighted as Tensor2D, segments, batch.length), [batch.length]);
  const predicted = tf.add(s, tf.log(sums));
  const error = tf.sub(predicted, tf.tensor1d(batch.map(({ logRatio }) => logRatio)));
  return tf.mean<Scalar>(smoothL1(tf, error, BETA));
}

function stateOutputs(tf: Tf, { variables, member }: MemberVariables, states: Float32Array): Tensor2D {
  const x = tf.tensor2d(states, [states.length / PHI_WIDTH, PHI_WIDTH]);
  return tf.add(mlpForward(tf, variables, slowdownName(member, "state"), x, "tanh"), mlpForward(tf, variables, slowdownName(member, "stateLinear"), x));
}

/** Row segments[i] of x for each i, by a product with the membership matrix: its gradient is the segment sum. */
function repeatRows(tf: Tf, x: Tensor2D, segments: Uint32Array): Tensor2D {
  return sparseMatMul(tf, transposed(segmentMatrix(segments, x.shape[0], "sum")), x);
}
