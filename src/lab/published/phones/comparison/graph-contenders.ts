import { kindLatencies } from "../../../../conv/kind-sums.js";
import { groupBy } from "../../../../features/group-by.js";
import { NODE_FEATURE_NAMES, nodeFeatureMatrix } from "../../../../features/node-features.js";
import { totalsVector } from "../../../../features/totals.js";
import type { Graph } from "../../../../graph/types.js";
import type { Tf } from "../../../../model/backend.js";
import { latencyGroups } from "../../../../model/paper.js";
import { fitScaler, type Scaler, standardise } from "../../../../model/scaler.js";
import { normalizedAdjacency } from "../../../../model/sparse.js";
import { fitOperatorSums } from "../baselines.js";
import { SUMS_SETTINGS } from "../operator-sums.js";
import type { PhoneSample } from "../samples.js";
import type { Turn } from "../turns.js";
import { type Contender, trainingOf } from "./contender.js";
import { BRP_NAS_WIDTHS, GRAPH_EPOCHS, type GraphItem, type GraphNetworkShape, trainGraphNetwork } from "../../../train/graph-network.js";
import { configurationFeatureNames } from "./table-contenders.js";

const TRAINING = { seed: 1, epochs: GRAPH_EPOCHS } as const;
const NODE_WIDTH = NODE_FEATURE_NAMES.length;

/** What stands beside the embedding of a sample's graph, and which output is the sample's. */
interface Beside {
  readonly rest: (sample: PhoneSample) => readonly number[];
  readonly output: (sample: PhoneSample) => number;
}

/**
 * The paper's predictor as it stands: concat(z, c, h) through three dense layers, X of a node its operator, FLOPs and bytes.
 * c are the configuration's sums over operator kinds, since nobody measured these phones' convolutions one by one; h is
 * the configuration.
 */
export const PAPER: Contender = {
  name: "the paper's model: z, c and h into three dense layers",
  settings: { ...TRAINING, SUMS_SETTINGS },
  predict(turn, { tf }) {
    const training = trainingOf(turn);
    const names = configurationFeatureNames(training);
    const sums = fitOperatorSums(training);
    const rest = ({ model, configuration }: PhoneSample): readonly number[] => [
      ...latencyGroups(model.facts, kindLatencies(model.facts, sums.costs(configuration.id) ?? []).kernelUs),
      ...totalsVector(model.graph),
      ...names.map((name) => configuration.features[name] ?? 0),
    ];
    const [first] = training;
    const restWidth = first === undefined ? 0 : rest(first).length;
    const shape = { nodeWidth: NODE_WIDTH, restWidth, outputs: 1, graphWidths: [64, 64, 64], hidden: [64, 64] };
    return trainOnGraphs(tf, turn, { rest, output: () => 0 }, shape);
  },
};

/**
 * BRP-NAS's way (Dudziak et al., NeurIPS 2020): a graph convolutional network, neither c nor h; an output for each
 * configuration instead of a network for each. Its operators alone would not tell a network from a wider one, so nodes have
 * their FLOPs and bytes here.
 */
export const GCN: Contender = {
  name: "BRP-NAS's GCN, an output for each configuration (no c, no h)",
  settings: { ...TRAINING, GCN_WIDTHS: BRP_NAS_WIDTHS },
  predict(turn, { tf }) {
    const ids = new Map([...new Set(trainingOf(turn).map(({ configuration }) => configuration.id))].map((id, index) => [id, index]));
    const shape = { nodeWidth: NODE_WIDTH, restWidth: 0, outputs: ids.size, graphWidths: BRP_NAS_WIDTHS, hidden: [] };
    const beside: Beside = { rest: () => [], output: ({ configuration }) => ids.get(configuration.id) ?? 0 };
    return trainOnGraphs(tf, turn, beside, shape);
  },
};

async function trainOnGraphs(
  tf: Tf,
  turn: Turn,
  { rest, output }: Beside,
  shape: GraphNetworkShape,
): Promise<readonly number[]> {
  const { restWidth } = shape;
  const training = trainingOf(turn);
  // The file's graph is the same for all engines.
  const graphs = groupBy(training, ({ model }) => model.graph);
  const nodeScaler = fitScaler([...graphs.keys()].map(nodeFeatureMatrix), NODE_WIDTH);
  const restScaler = restWidth > 0 ? fitScaler(training.map((sample) => Float32Array.from(rest(sample))), restWidth) : null;
  const itemOf = ([graph, samples]: readonly [Graph, readonly PhoneSample[]]): GraphItem => ({
    nodes: standardise(nodeFeatureMatrix(graph), nodeScaler),
    adjacency: normalizedAdjacency(graph.adjacency),
    rows: samples.map((sample) => ({
      rest: standardisedRow(rest(sample), restScaler),
      output: output(sample),
      logLatency: Math.log(sample.latencyUs),
    })),
  });
  const tested = groupBy(turn.test, ({ model }) => model.graph);
  const latencies = await trainGraphNetwork(tf, shape, [...graphs].map(itemOf), [...tested].map(itemOf), TRAINING);
  const bySample = new Map([...tested.values()].flat().map((sample, i) => [sample, latencies[i] ?? NaN]));
  return turn.test.map((sample) => bySample.get(sample) ?? NaN);
}

function standardisedRow(values: readonly number[], scaler: Scaler | null): Float32Array {
  return scaler === null ? new Float32Array() : standardise(Float32Array.from(values), scaler);
}
