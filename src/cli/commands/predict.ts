import type { MemoryPrediction, Prediction } from "../../predict/types.js";
import { checkPredictable } from "../../http/predictable.js";
import { parseDims } from "../../http/receive/dims.js";
import { readArgs } from "../args.js";
import { UsageError, type Command } from "../context.js";
import { milliseconds, percent, quantity, table } from "../format.js";
import { readModelFile } from "../model-file.js";
import { servedTargets } from "../served-targets.js";
import { STATE_OPTIONS, stateOfOptions } from "../state-options.js";

const SLOWEST = 10;

function describe(prediction: Prediction): string {
  const { latencyMs, interval, coverage, outOfDistribution, state, memory, layers, target, predictor } = prediction;
  const { lowMs, highMs } = interval;
  const slowest = [...layers].sort((a, b) => b.latencyMs - a.latencyMs).slice(0, SLOWEST);
  const rows = slowest.map((layer) => [
    layer.name,
    layer.opType,
    milliseconds(layer.latencyMs),
    percent(layer.latencyMs / latencyMs),
    quantity(layer.flops),
    quantity(layer.bytes),
  ]);
  const used = Object.keys(state.used).length === 0 ? "none given" : JSON.stringify(state.used);
  const lines = [
    `${milliseconds(latencyMs)}  (${percent(interval.coverage)} between ${milliseconds(lowMs)} and ${milliseconds(highMs)})`,
    "",
    `target       ${target}, by ${predictor}`,
    `state        ${used}; its effect: ${state.stateEffect}`,
    `memory       ${quantity(memory.peakActivationBytes)}B of activations at the peak, ${quantity(memory.weightBytes)}B of weights`,
    ...(memory.process === undefined ? [] : [`process      ${bytesText(memory.process.peak)} at the peak, ${bytesText(memory.process.running)} while it runs`]),
    `coverage     ${percent(coverage.nodes)} of the nodes, ${percent(coverage.flops)} of the cost`,
  ];
  if (state.imputed.length > 0) lines.push(`imputed      ${state.imputed.join(", ")}`);
  if (coverage.unsupportedOps.length > 0) lines.push(`unsupported  ${coverage.unsupportedOps.join(", ")}`);
  if (outOfDistribution.flag) lines.push(`beware       unlike the training data: ${outOfDistribution.reasons.join("; ")}`);
  if (rows.length > 0) lines.push("", table(["slowest layers", "operator", "latency", "share", "FLOPs", "bytes"], rows, "llrrrr"));
  return lines.join("\n");
}

function bytesText({ bytes, interval }: MemoryPrediction): string {
  return `${quantity(bytes)}B (${percent(interval.coverage)} between ${quantity(interval.lowBytes)}B and ${quantity(interval.highBytes)}B)`;
}

export const predictCommand: Command = {
  name: "predict",
  summary: "predict the latency of a model on a target in a state",
  help: `Usage: tempograph predict FILE [options]

Predicts how long an ONNX model takes for one run. FILE may be - for standard input.

  --target T           device.engine.precision.cores; see "tempograph targets"
  --targets FOLDER     of calibrated targets; default: TARGETS, or none
  --state JSON|@FILE   the device's state: JSON, or a file of JSON or of raw perf, /proc or /sys text
  --utilization U      busy share of the cores by everything but the model, 0 to 1
  --frequency-mhz F    clock of the cores
  --bandwidth-gbs B    sequential bandwidth that is left, GB/s
  --run-delay-ratio R  time a probe waits for its core per time it runs
  --dims D             values for symbolic dimensions: batch=1,sequence=128
  --json               everything, as POST /predict answers it
  -h, --help           this text

Example: tempograph predict model.onnx --utilization 0.5 --frequency-mhz 2400`,

  async run(args, context) {
    const { values, positionals } = readArgs(
      args,
      { ...STATE_OPTIONS, target: { type: "string" }, dims: { type: "string" }, json: { type: "boolean" }, targets: { type: "string" } },
      ["FILE"],
    );
    const [file = "-"] = positionals;
    const dims = parseDims(values.dims);
    const state = await stateOfOptions(values);
    const registry = await servedTargets(context, values.targets);
    const target = values.target ?? registry.defaultTarget;
    const predictor = registry.get(target);
    if (predictor === undefined) {
      const known = registry.list().map((info) => `  ${info.target}`);
      throw new UsageError([`There is no target "${target}". Known targets:`, ...known].join("\n"));
    }
    const graph = await readModelFile(file, dims, context);
    const prediction = predictor.predict(predictor.embed(graph), state);
    checkPredictable(graph, prediction);
    context.print(values.json === true ? JSON.stringify(prediction, null, 2) : describe(prediction));
  },
};
