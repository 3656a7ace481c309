import { type FusedGraphSummary, type FusedNodeSummary, summarizeFused } from "../../graph/fusion-summary.js";
import { ENGINE_NAMES, isEngineName } from "../../graph/kernels/rules/engines.js";
import type { TensorSummary } from "../../graph/summary.js";
import { parseDims } from "../../http/receive/dims.js";
import { readArgs } from "../args.js";
import { type Command, UsageError } from "../context.js";
import { quantity, table } from "../format.js";
import { readModelFile } from "../model-file.js";

const shapeOf = ({ dtype, shape }: TensorSummary): string =>
  `${dtype ?? "?"}[${shape === null ? "?" : shape.map((dim) => dim ?? "?").join("x")}]`;

/** What becomes of a node: its kernel, or that it vanishes and why. */
function fateOf({ folded, fusedInto, kernel, patterns, eliminatedBy }: FusedNodeSummary): string {
  if (kernel === null) return folded ? "folded" : `vanishes (${eliminatedBy ?? "?"})`;
  if (fusedInto !== null) return `in ${fusedInto}`;
  return patterns.length === 0 ? kernel : `${kernel} (${[...new Set(patterns)].join(", ")})`;
}

function describe(graph: FusedGraphSummary): string {
  const { totals, unsupported } = graph;
  const tensors = (list: readonly TensorSummary[]) => list.map((tensor) => `${tensor.name} ${shapeOf(tensor)}`).join(", ");
  const rows = graph.nodes.map((node) => [
    node.name,
    node.domain === "" ? node.opType : `${node.domain}:${node.opType}`,
    node.outputs.map(shapeOf).join(" "),
    node.folded ? "folded" : quantity(node.flops),
    quantity(node.bytes),
    quantity(node.parameters),
    fateOf(node),
  ]);
  const lines = [
    table(["node", "operator", "output", "FLOPs", "bytes", "parameters", `kernel of ${graph.engine}`], rows, "lllrrrl"),
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
  const kernels = graph.kernels.map(({ kernel, count }) => `${kernel} (${count})`);
  lines.push(`kernels     ${graph.kernelCount} of ${graph.engine}: ${kernels.join(", ")}`);
  if (graph.fusions.length > 0) {
    lines.push(`fusions     ${graph.fusions.map(({ pattern, count }) => `${pattern} (${count})`).join(", ")}`);
  }
  if (unsupported.length > 0) {
    lines.push(`unknown     ${unsupported.map(({ operator, count }) => `${operator} (${count})`).join(", ")}`);
  }
  return lines.join("\n");
}

export const inspectCommand: Command = {
  name: "inspect",
  summary: "show a model's nodes with types, shapes, FLOPs and bytes, and what an engine fuses",
  help: `Usage: tempograph inspect FILE [options]

Shows every node of an ONNX model with its shapes, its costs and the kernel that it becomes part of in an engine, and
the totals. FILE may be - for standard input. 1 MAC counts as 2 FLOPs. ONNX Runtime's kernels are those on a processor
with AVX2. Names of fusions are explained in docs/fusion.md.

  --dims D       values for symbolic dimensions: batch=1,sequence=128
  --engine NAME  ${ENGINE_NAMES.join(", ")}; onnxruntime unless stated
  --json         the same as JSON, as GET /models/{id}/graph answers it
  -h, --help     this text`,

  async run(args, context) {
    const options = { dims: { type: "string" }, engine: { type: "string" }, json: { type: "boolean" } } as const;
    const { values, positionals } = readArgs(args, options, ["FILE"]);
    const { engine = "onnxruntime" } = values;
    if (!isEngineName(engine)) throw new UsageError(`No fusions are known of ${engine}, but of ${ENGINE_NAMES.join(", ")}.`);
    const [file = "-"] = positionals;
    const summary = summarizeFused(await readModelFile(file, parseDims(values.dims), context), engine);
    context.print(values.json === true ? JSON.stringify(summary, null, 2) : describe(summary));
  },
};
