import { NODE_FEATURE_NAMES, nodeFeatureMatrix } from "../../../features/node-features.js";
import type { Tf } from "../../../model/backend.js";
import { fitScaler, standardise } from "../../../model/scaler.js";
import { normalizedAdjacency } from "../../../model/sparse.js";
import type { IdleExample } from "../../train/examples.js";
import { BRP_NAS_WIDTHS, GRAPH_EPOCHS, type GraphItem, trainGraphNetwork } from "../../train/graph-network.js";
import type { Pair } from "../metrics.js";

/**
 * BRP-NAS's way: a graph convolutional network over a file's nodes, neither c nor h. Its
 * operators alone would not tell a network from a wider one, so nodes have their FLOPs and bytes here.
 */
export async function graphBaseline(tf: Tf, training: readonly IdleExample[], test: readonly IdleExample[], seed: number): Promise<Pair[]> {
  const nodeWidth = NODE_FEATURE_NAMES.length;
  const scaler = fitScaler(training.map(({ features }) => nodeFeatureMatrix(features.graph)), nodeWidth);
  const itemOf = ({ features: { graph }, latencyUs }: IdleExample): GraphItem => ({
    nodes: standardise(nodeFeatureMatrix(graph), scaler),
    adjacency: normalizedAdjacency(graph.adjacency),
    rows: [{ rest: new Float32Array(), output: 0, logLatency: Math.log(latencyUs) }],
  });
  const shape = { nodeWidth, restWidth: 0, outputs: 1, graphWidths: BRP_NAS_WIDTHS, hidden: [] };
  const predicted = await trainGraphNetwork(tf, shape, training.map(itemOf), test.map(itemOf), { seed, epochs: GRAPH_EPOCHS });
  return test.map(({ latencyUs }, i) => ({ predicted: predicted[i] ?? NaN, measured: latencyUs }));
}
