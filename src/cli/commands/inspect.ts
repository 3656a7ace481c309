import { summarize, type GraphSummary, type TensorSummary } from "../../graph/summary.js";
import { parseDims } from "../../http/receive/dims.js";
import { readArgs } from "../args.js";
import type { Command } from "../context.js";
import { quantity, table } from "../format.js";
import { readModelFile } from "../model-file.js";

const shapeOf = ({ dtype, shape }: TensorSummary): string =>
  `${dtype ?? "?"}[${shape === null ? "?" : shape.map((dim) => dim ?? "?").join("x")}]`;

function describe(graph: GraphSummary): string {
  const { totals, unsupported } = graph;
  const tensors = (list: readonly TensorSummary[]) => list.map((tensor) => `${tensor.name} ${shapeOf(tensor)}`).join(", ");
  const rows = graph.nodes.map((node) => [
    node.name,
    node.domain === "" ? node.opType : `${node.domain}:${node.opType}`,
    node.outputs.map(shapeOf).join(" "),
    node.folded ? "folded" : quantity(node.flops),
    quantity(node.bytes),
    quantity(node.parameters),
  ]);
  const lines = [
    table(["node", "operator", "output", "FLOPs", "bytes", "parameters"], rows, "lllrrr"),
    "",
    `model       ${graph.name} by ${graph.producer || "?"}, opset ${graph.opsets.map((o) => `${o.domain || "ai.onnx"} ${o.version}`).join(", ")}`,
    `id          ${graph.modelId}`,
    `inputs      ${tensors(graph.inputs)}`,
    `outputs     ${tensors(graph.outputs)}`,
    `nodes       ${graph.nodes.length}, of them ${totals.convolutions} convolutions, ${totals.fullyConnected} fully connected, ${totals.batchNorms} batch norms`,
    `FLOPs       ${quantity(totals.flops)} (${quantity(totals.macs)} MACs)`,
    `bytes       ${quantity(totals.bytesRead)} read, ${quantity(totals.bytesWritten)} written`,
    `parameters  ${quantity(totals.parameters)} (${quantity(totals.weightBytes)}B)`,
    `peak        ${quantity(totals.peakActivationBytes)}B of activations`,
  ];
  if (unsupported.length > 0) {
    lines.push(`unknown     ${unsupported.map(({ operator, count }) => `${operator} (${count})`).join(", ")}`);
  }
  return lines.join("\n");
}

export const inspectCommand: Command = {
  name: "inspect",
  summary: "show a model's nodes with types, shapes, FLOPs and bytes",
  help: `Usage: tempograph inspect FILE [options]

Shows every node of an ONNX model with its shapes and costs, and the totals. FILE may be - for standard input.
1 MAC counts as 2 FLOPs.

  --dims D    values for symbolic dimensions: batch=1,sequence=128
  --json      the same as JSON, as GET /models/{id}/graph answers it
  -h, --help  this text`,

  async run(args, context) {
    const { values, positionals } = readArgs(args, { dims: { type: "string" }, json: { type: "boolean" } }, ["FILE"]);
    const [file = "-"] = positionals;
    const summary = summarize(await readModelFile(file, parseDims(values.dims), context));
    context.print(values.json === true ? JSON.stringify(summary, null, 2) : describe(summary));
  },
};
