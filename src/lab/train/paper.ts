import type { Scalar } from "@tensorflow/tfjs-core";
import { stateVector } from "../../features/state-vector.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { gcnForward, initGcn } from "../../model/gcn.js";
import { MODEL_INPUT_WIDTH, nodeWidthOf, PaperFeaturizer, type PaperModel, type PaperSource } from "../../model/paper.js";
import { disposeAll, mergeParams, toParams, toVariables, type VariableSet } from "../../model/params.js";
import { createRandom } from "../../model/random.js";
import { fitScaler, standardise } from "../../model/scaler.js";
import { completeState, phi, PHI_WIDTH } from "../../model/slowdown.js";
import { blockDiagonal, normalizedAdjacency, segmentMatrix, segmentsOfSizes, type SparseMatrix, transposed } from "../../model/sparse.js";
import { segmentMean, sparseMatMul } from "../../model/sparse-product.js";
import { fit } from "../../model/training.js";
import { concat } from "./arrays.js";
import { smoothL1 } from "./losses.js";

/** A model with all its measured states: embedded once per step, however many states there are. */
export interface PaperExample {
  readonly features: ModelFeatures;
  readonly rows: readonly { readonly state: HardwareState; readonly latencyUs: number }[];
}

export interface PaperTrainingOptions {
  readonly seed: number;
  readonly epochs: number;
  readonly onProgress?: (message: string) => void;
}

export const PAPER_TRAINING: PaperTrainingOptions = { seed: 1, epochs: 100 };

const BETA = 0.03;
const BATCH = 16;
const EMBEDDING = 64;
const REST_WIDTH = MODEL_INPUT_WIDTH + PHI_WIDTH;

interface Item {
  readonly nodes: Float32Array;
  readonly adjacency: SparseMatrix;
  /** Standardised [c, totals, phi(h)] of each row. */
  readonly rest: Float32Array;
  readonly logLatency: readonly number[];
}

/** Trains the paper's predictor end to end; the best epoch on `validation` remains. */
export async function trainPaper(
  tf: Tf,
  source: PaperSource,
  states: PaperModel["states"],
  training: readonly PaperExample[],
  validation: readonly PaperExample[],
  options: PaperTrainingOptions = PAPER_TRAINING,
): Promise<PaperModel> {
  const featurizer = new PaperFeaturizer(null, source);
  const inputs = new Map([...training, ...validation].map((example) => [example, featurizer.inputs(example.features)]));
  const nodeWidth = nodeWidthOf(source);
  const restOf = (example: PaperExample): Float32Array => {
    const model = inputs.get(example)?.model ?? new Float32Array(MODEL_INPUT_WIDTH);
    return concat(
      example.rows.flatMap(({ state }) => {
        const { values, mask } = stateVector(state);
        return [model, phi(completeState(states, values, mask))];
      }),
    );
  };
  const nodesOf = (example: PaperExample): Float32Array => inputs.get(example)?.nodes ?? new Float32Array();
  const nodeScaler = fitScaler(training.map(nodesOf), nodeWidth);
  const headScaler = fitScaler(training.map(restOf), REST_WIDTH);
  const itemOf = (example: PaperExample): Item => ({
    nodes: standardise(nodesOf(example), nodeScaler),
    adjacency: normalizedAdjacency(inputs.get(example)?.adjacency ?? example.features.graph.adjacency),
    rest: standardise(restOf(example), headScaler),
    logLatency: example.rows.map(({ latencyUs }) => Math.log(latencyUs)),
  });
  const random = createRandom(options.seed);
  const initial = mergeParams(
    initGcn(nodeWidth, random),
    initLayers("head", [EMBEDDING + REST_WIDTH, 64, 64, 1], random, { finalScale: 0.1 }),
  );
  // Starting from the mean logarithm spares the network to learn the unit.
  const logs = training.flatMap(({ rows }) => rows.map(({ latencyUs }) => Math.log(latencyUs)));
  initial.get("head.2.bias")?.data.fill(logs.reduce((sum, value) => sum + value, 0) / logs.length);
  const variables = toVariables(tf, initial);
  const loss = (batch: readonly Item[]): Scalar => paperLoss(tf, variables, batch, nodeWidth);
  const judged = validation.map(itemOf);
  const result = await fit(tf, variables, training.map(itemOf), loss, {
    epochs: options.epochs,
    seed: options.seed,
    batchSize: BATCH,
    learningRate: 3e-3,
    weightDecay: 1e-3,
    clipNorm: 5,
    averageDecay: 0.98,
    ...(judged.length > 0 ? { validate: () => loss(judged).dataSync()[0] ?? Infinity } : {}),
  });
  options.onProgress?.(
    `paper (${source.kind}): best epoch ${result.bestEpoch}, validation loss ${(result.bestValidation ?? NaN).toFixed(4)}`,
  );
  const params = toParams(variables);
  disposeAll(variables);
  return { source, nodeScaler, headScaler, states, params };
}

function paperLoss(tf: Tf, variables: VariableSet, batch: readonly Item[], nodeWidth: number): Scalar {
  const sizes = batch.map(({ nodes }) => nodes.length / nodeWidth);
  const nodeCount = sizes.reduce((sum, size) => sum + size, 0);
  const x = tf.tensor2d(concat(batch.map(({ nodes }) => nodes)), [nodeCount, nodeWidth]);
  const nodes = gcnForward(tf, variables, x, blockDiagonal(batch.map(({ adjacency }) => adjacency)), { residual: true });
  const z = segmentMean(tf, nodes, segmentsOfSizes(sizes), batch.length);
  const rowSegments = segmentsOfSizes(batch.map(({ logLatency }) => logLatency.length));
  const perRow = sparseMatMul(tf, transposed(segmentMatrix(rowSegments, batch.length, "sum")), z);
  const rest = tf.tensor2d(concat(batch.map((item) => item.rest)), [rowSegments.length, REST_WIDTH]);
  const predicted = tf.reshape(mlpForward(tf, variables, "head", tf.concat([perRow, rest], 1)), [rowSegments.length]);
  const error = tf.sub(predicted, tf.tensor1d(batch.flatMap(({ logLatency }) => logLatency)));
  return tf.mean<Scalar>(smoothL1(tf, error, BETA));
}
