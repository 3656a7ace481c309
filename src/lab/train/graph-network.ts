import type { Scalar, Tensor1D } from "@tensorflow/tfjs-core";
import type { Tf } from "../../model/backend.js";
import { initLayers, mlpForward } from "../../model/dense.js";
import { gcnForward, initGcn } from "../../model/gcn.js";
import { disposeAll, mergeParams, toVariables, type VariableSet } from "../../model/params.js";
import { createRandom } from "../../model/random.js";
import { blockDiagonal, segmentMatrix, segmentsOfSizes, type SparseMatrix, transposed } from "../../model/sparse.js";
import { segmentMean, sparseMatMul } from "../../model/sparse-product.js";
import { fit } from "../../model/training.js";
import { concat } from "./arrays.js";
import { smoothL1 } from "./losses.js";

/** BRP-NAS (Dudziak et al., NeurIPS 2020) has four layers of 600; some hundred graphs teach no more than these. */
export const BRP_NAS_WIDTHS = [64, 64, 64, 64] as const;
export const GRAPH_EPOCHS = 40;

/** A graph with what was measured of it. */
export interface GraphItem {
  /** Standardised, row-major [nodes x nodeWidth]. */
  readonly nodes: Float32Array;
  readonly adjacency: SparseMatrix;
  readonly rows: readonly GraphRow[];
}

export interface GraphRow {
  /** What stands beside the graph's embedding, standardised; empty where nothing does. */
  readonly rest: Float32Array;
  /** Which output is this row's. */
  readonly output: number;
  readonly logLatency: number;
}

export interface GraphNetworkShape {
  readonly nodeWidth: number;
  readonly restWidth: number;
  readonly outputs: number;
  /** Widths of the graph convolutions. */
  readonly graphWidths: readonly number[];
  /** Widths of the dense layers before the last. */
  readonly hidden: readonly number[];
}

export interface GraphNetworkOptions {
  readonly seed: number;
  readonly epochs: number;
}

const BATCH = 4;
const BETA = 0.03;

/**
 * Graph convolutions, the mean over nodes, and dense layers over it and what stands beside it, trained end to end on log
 * latency; a graph is embedded once for all of its rows.
 *
 * @returns microseconds of the rows of `test`, in their order
 */
export async function trainGraphNetwork(
  tf: Tf,
  shape: GraphNetworkShape,
  training: readonly GraphItem[],
  test: readonly GraphItem[],
  { seed, epochs }: GraphNetworkOptions,
): Promise<readonly number[]> {
  const random = createRandom(seed);
  const { nodeWidth, restWidth, outputs, graphWidths, hidden } = shape;
  const initial = mergeParams(
    initGcn(nodeWidth, random, graphWidths),
    initLayers("head", [(graphWidths.at(-1) ?? nodeWidth) + restWidth, ...hidden, outputs], random, { finalScale: 0.1 }),
  );
  initial.get(`head.${hidden.length}.bias`)?.data.set(meanLogs(training, outputs));
  const variables = toVariables(tf, initial);
  const loss = (batch: readonly GraphItem[]): Scalar => {
    const measured = tf.tensor1d(batch.flatMap(({ rows }) => rows.map(({ logLatency }) => logLatency)));
    return tf.mean<Scalar>(smoothL1(tf, tf.sub(forward(tf, variables, batch, shape), measured), BETA));
  };
  await fit(tf, variables, training, loss, {
    epochs,
    seed,
    batchSize: BATCH,
    learningRate: 3e-3,
    weightDecay: 1e-3,
    clipNorm: 5,
    averageDecay: 0.98,
  });
  const logs = test.flatMap((item) => (item.rows.length === 0 ? [] : [...tf.tidy(() => forward(tf, variables, [item], shape).dataSync())]));
  disposeAll(variables);
  return logs.map(Math.exp);
}

function forward(tf: Tf, variables: VariableSet, batch: readonly GraphItem[], { nodeWidth, restWidth, outputs }: GraphNetworkShape): Tensor1D {
  const sizes = batch.map(({ nodes }) => nodes.length / nodeWidth);
  const x = tf.tensor2d(concat(batch.map(({ nodes }) => nodes)), [sizes.reduce((sum, size) => sum + size, 0), nodeWidth]);
  const nodes = gcnForward(tf, variables, x, blockDiagonal(batch.map(({ adjacency }) => adjacency)), { residual: true });
  const z = segmentMean(tf, nodes, segmentsOfSizes(sizes), batch.length);
  const rows = batch.flatMap((item) => item.rows);
  const graphOfRow = segmentsOfSizes(batch.map((item) => item.rows.length));
  const perRow = sparseMatMul(tf, transposed(segmentMatrix(graphOfRow, batch.length, "sum")), z);
  const rest = tf.tensor2d(concat(rows.map((row) => row.rest)), [rows.length, restWidth]);
  const output = mlpForward(tf, variables, "head", restWidth > 0 ? tf.concat([perRow, rest], 1) : perRow);
  if (outputs === 1) return tf.reshape(output, [rows.length]);
  const own = new Float32Array(rows.length * outputs);
  rows.forEach((row, i) => (own[i * outputs + row.output] = 1));
  return tf.sum(tf.mul(output, tf.tensor2d(own, [rows.length, outputs])), 1);
}

/** Starting from the mean logarithm of each output spares the network to learn the unit. */
function meanLogs(items: readonly GraphItem[], outputs: number): Float32Array {
  const sums = new Float64Array(outputs);
  const counts = new Float64Array(outputs);
  for (const { output, logLatency } of items.flatMap(({ rows }) => rows)) {
    sums[output] = (sums[output] ?? 0) + logLatency;
    counts[output] = (counts[output] ?? 0) + 1;
  }
  return Float32Array.from(sums, (sum, output) => sum / Math.max(1, counts[output] ?? 0));
}
