import type { Scalar } from "@tensorflow/tfjs-core";
import type { CsrMatrix } from "../../../graph/types.js";
import type { Tf } from "../../../model/backend.js";
import { initLayers, mlpForward } from "../../../model/dense.js";
import { gcnForward, initGcn } from "../../../model/gcn.js";
import { disposeAll, mergeParams, toVariables, type VariableSet } from "../../../model/params.js";
import { createRandom } from "../../../model/random.js";
import { blockDiagonal, normalizedAdjacency, segmentsOfSizes, type SparseMatrix } from "../../../model/sparse.js";
import { segmentMean } from "../../../model/sparse-product.js";
import { fit } from "../../../model/training.js";
import type { NasArchitecture } from "../../published/nas/architecture.js";
import type { NasDevice } from "../../published/nas/table.js";
import { CELL_EDGES } from "../../zoo/nas/nasbench201-space.js";
import { concat } from "../../train/arrays.js";
import { smoothL1 } from "../../train/losses.js";
import { measured, type NasBench } from "./bench.js";

/** BRP-NAS has four layers of 600; these learn the same tables in minutes. */
const WIDTHS = [128, 128, 128, 128];
const EPOCHS = 80;
const BATCH = 64;
const BETA = 0.03;
const PREDICTED_AT_ONCE = 500;
const FBNET_STAGES = [1, 4, 4, 4, 4, 4, 1];

interface Item {
  readonly nodes: Float32Array;
  readonly width: number;
  readonly adjacency: SparseMatrix;
  readonly logLatency: number;
}

/**
 * BRP-NAS's way (Dudziak et al., NeurIPS 2020): a graph convolutional network over one-hot operators, no costs. Of a cell
 * the nodes are its input, six operations and output; of FBNet a chain of 22 blocks, each with its stage as a second
 * one-hot, without which the mean over nodes could not tell layers apart.
 */
export async function trainGcnBaseline(
  tf: Tf,
  bench: NasBench,
  device: NasDevice,
  training: readonly number[],
  test: readonly number[],
  seed: number,
): Promise<number[]> {
  const items = training.map((row) => itemOf(bench, device, row));
  const width = items[0]?.width ?? 0;
  const random = createRandom(seed);
  const initial = mergeParams(
    initGcn(width, random, WIDTHS),
    initLayers("head", [WIDTHS.at(-1) ?? 0, 1], random, { finalScale: 0.1 }),
  );
  initial.get("head.0.bias")?.data.fill(items.reduce((sum, item) => sum + item.logLatency, 0) / items.length);
  const variables = toVariables(tf, initial);
  await fit(
    tf,
    variables,
    items,
    (batch) => {
      const error = tf.sub(forward(tf, variables, batch, width), tf.tensor1d(batch.map(({ logLatency }) => logLatency)));
      return tf.mean<Scalar>(smoothL1(tf, error, BETA));
    },
    { epochs: EPOCHS, seed, batchSize: BATCH, learningRate: 2e-3, weightDecay: 5e-4, clipNorm: 5, averageDecay: 0.98 },
  );
  const predictions: number[] = [];
  for (let from = 0; from < test.length; from += PREDICTED_AT_ONCE) {
    const batch = test.slice(from, from + PREDICTED_AT_ONCE).map((row) => itemOf(bench, device, row));
    const logs = tf.tidy(() => forward(tf, variables, batch, width).dataSync());
    predictions.push(...Array.from(logs, Math.exp));
  }
  disposeAll(variables);
  return predictions;
}

function forward(tf: Tf, variables: VariableSet, batch: readonly Item[], width: number) {
  const sizes = batch.map(({ nodes }) => nodes.length / width);
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const x = tf.tensor2d(concat(batch.map(({ nodes }) => nodes)), [count, width]);
  const nodes = gcnForward(tf, variables, x, blockDiagonal(batch.map(({ adjacency }) => adjacency)), { residual: true });
  const pooled = segmentMean(tf, nodes, segmentsOfSizes(sizes), batch.length);
  return tf.reshape(mlpForward(tf, variables, "head", pooled), [batch.length]);
}

function itemOf(bench: NasBench, device: NasDevice, row: number): Item {
  const architecture = bench.rows[row]?.architecture;
  if (architecture === undefined) throw new RangeError(`There is no row ${row}.`);
  return { ...graphOf(architecture), logLatency: Math.log(measured(bench, device, row)) };
}

function graphOf({ space, choices }: NasArchitecture): Pick<Item, "nodes" | "width" | "adjacency"> {
  return space === "nasbench201" ? cellGraph(choices) : chainGraph(choices);
}

/** Operators are nodes 1..6 in the order of the edges, 0 and 7 the cell's input and output. */
function cellGraph(choices: readonly number[]) {
  const [input, output, width] = [5, 6, 7];
  const operations = [input, ...choices, output];
  const edges = CELL_EDGES.flatMap(([source, target], edge) => [
    ...(source === 0 ? [[0, edge + 1] as const] : []),
    ...CELL_EDGES.flatMap(([from], next) => (from === target ? [[edge + 1, next + 1] as const] : [])),
    ...(target === 3 ? [[edge + 1, 7] as const] : []),
  ]);
  return { nodes: oneHot(operations.map((operation) => [operation]), width), width, adjacency: normalizedAdjacency(csr(edges, 8)) };
}

function chainGraph(choices: readonly number[]) {
  const blocks = 9;
  const stages = FBNET_STAGES.flatMap((layers, stage) => Array.from({ length: layers }, () => stage));
  const width = blocks + FBNET_STAGES.length;
  const edges = choices.slice(1).map((_, i) => [i, i + 1] as const);
  const nodes = oneHot(choices.map((choice, layer) => [choice, blocks + (stages[layer] ?? 0)]), width);
  return { nodes, width, adjacency: normalizedAdjacency(csr(edges, choices.length)) };
}

function oneHot(rows: readonly (readonly number[])[], width: number): Float32Array {
  const matrix = new Float32Array(rows.length * width);
  rows.forEach((columns, row) => columns.forEach((column) => (matrix[row * width + column] = 1)));
  return matrix;
}

function csr(edges: readonly (readonly [number, number])[], size: number): CsrMatrix {
  const sorted = [...edges].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const rowOffsets = Uint32Array.from({ length: size + 1 }, (_, row) => sorted.filter(([from]) => from < row).length);
  return { size, rowOffsets, columns: Uint32Array.from(sorted, ([, to]) => to) };
}
