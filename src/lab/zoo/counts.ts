import { buildGraph } from "../../graph/build.js";
import { readOnnx } from "../../onnx/reader.js";
import type { ZooModel } from "./model.js";

/** What the service's own reader makes of a model. */
export interface ModelCounts {
  readonly id: string;
  /** What was varied, such as `resnet50`; the architecture of a NAS space. */
  readonly member: string;
  readonly input: readonly number[];
  readonly macs: number;
  readonly flops: number;
  /** Elements of the weights that the file's nodes read. */
  readonly parameters: number;
  readonly nodes: number;
  /** Of structure and shapes, as the service tells models apart. */
  readonly modelId: string;
}

/**
 * Reads a model back, infers every shape and counts its work.
 *
 * @throws Error that says what is wrong where an operator or a shape is not known, the builder counted otherwise, or the
 * file is refused
 */
export function countModel(model: ZooModel): ModelCounts {
  const graph = buildGraph(readOnnx(model.onnx));
  const fail = (what: string): never => {
    throw new Error(`${model.id}: ${what}`);
  };
  if (graph.unsupported.size > 0) fail(`unknown operators ${[...graph.unsupported.keys()].join(", ")}`);
  const vague = graph.values.find(({ fact }) => fact.shape?.every((dim) => typeof dim === "number") !== true);
  if (vague !== undefined) fail(`the shape of ${vague.name} is not known`);
  const uncounted = graph.nodes.find(({ cost, folded }) => cost === null && !folded);
  if (uncounted !== undefined) fail(`the cost of ${uncounted.name} is not known`);
  const { macs, flops, parameters } = graph.totals;
  if (macs !== model.info["macs"]) fail(`the graph has ${macs} MACs, its builder counted ${String(model.info["macs"])}`);
  if (parameters !== model.info["parameters"]) {
    fail(`the graph has ${parameters} parameters, its builder counted ${String(model.info["parameters"])}`);
  }
  const input = model.inputs[0]?.shape ?? [];
  return { id: model.id, member: String(model.info["member"] ?? ""), input, macs, flops, parameters, nodes: graph.nodes.length, modelId: graph.modelId };
}

const COLUMNS = ["id", "member", "input", "macs", "flops", "parameters", "nodes", "modelId"] as const;

/** The names of the columns of countsToCsv. */
export const CSV_HEADER = COLUMNS.join(",");

/** One line of CSV; the input's shape as `1x3x224x224`. No value holds a comma or a quote. */
export function countsToCsv(counts: ModelCounts): string {
  return COLUMNS.map((column) => (column === "input" ? counts.input.join("x") : String(counts[column]))).join(",");
}
