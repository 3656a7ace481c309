import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Graph } from "../graph/types.js";
import type { Measurement } from "../predict/calibration/index.js";
import { type CliContext, UnfinishedError, UsageError } from "./context.js";
import { importLab, stopSignal } from "./lab.js";
import { parseMeasurements } from "./measurements-file.js";
import { readModelFile } from "./model-file.js";
import type { TrainedTarget } from "../predict/trained-target.js";

/** A network with its measurement, as it is told of. */
export interface NamedMeasurement extends Measurement {
  readonly name: string;
}

function named(name: string, graph: Graph, latencyMs: number): NamedMeasurement {
  return { name, network: graph.modelId, latencyMs, embed: (target) => target.embed(graph) };
}

export const importNewDevice = () => importLab(() => import("../lab/new-device/index.js"));

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function zooGraph(id: string, where: string): Promise<Graph> {
  const lab = await importNewDevice();
  try {
    return lab.graphOfZoo(id);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${where}: "${id}" is neither a file nor a reference network (tempograph calibrate --choose 30 lists them).`);
  }
}

/** Measurements of a CSV file; names of files are relative to it. Throws UsageError, ModelError. */
export async function fromCsv(path: string, context: CliContext): Promise<NamedMeasurement[]> {
  const measurements: NamedMeasurement[] = [];
  for (const { model, latencyMs } of parseMeasurements(readText(path), path)) {
    const file = resolve(dirname(path), model);
    const graph = existsSync(file) ? await readModelFile(file, new Map(), context) : await zooGraph(model, path);
    measurements.push(named(model, graph, latencyMs));
  }
  return measurements;
}

/**
 * Measurements of a benchncnn log. Its networks are files `NAME.onnx` of a folder, or networks of the zoo; what is neither is
 * told of and left out. Throws UsageError, ModelError.
 */
export async function fromBenchncnn(path: string, models: string | undefined, context: CliContext): Promise<NamedMeasurement[]> {
  const lab = await importNewDevice();
  const measurements: NamedMeasurement[] = [];
  const left: string[] = [];
  try {
    for (const { name, zoo, latencyMs } of lab.networksOfLog(readText(path))) {
      const file = models === undefined ? null : join(models, `${name}.onnx`);
      if (file !== null && /^[\w-]+$/.test(name) && existsSync(file)) measurements.push(named(name, await readModelFile(file, new Map(), context), latencyMs));
      else if (zoo !== null) measurements.push(named(name, lab.graphOfZoo(zoo), latencyMs));
      else left.push(name);
    }
  } catch (error) {
    throw error instanceof lab.UnreadableOutput ? new UsageError(`${path}: ${error.message}`) : error;
  }
  if (left.length > 0) context.remark(`left out, for nobody knows their graphs (--models FOLDER with NAME.onnx): ${left.join(", ")}`);
  return measurements;
}

/** Measures reference networks with ONNX Runtime on this machine. Throws UsageError, UnfinishedError. */
export async function fromHere(base: TrainedTarget, count: number, context: CliContext): Promise<NamedMeasurement[]> {
  const lab = await importNewDevice();
  const problem = await lab.localProblem();
  if (problem !== null) throw new UsageError(`ONNX Runtime cannot measure here: ${problem}`);
  const stop = stopSignal(context, "the pass");
  try {
    const measured = await lab.measureHere(lab.chooseReferences(base, count), context.remark, stop);
    if (stop.aborted) throw new UnfinishedError("stopped before everything was measured");
    return measured.map(({ id, latencyMs }) => named(id, lab.graphOfZoo(id), latencyMs));
  } catch (error) {
    if (error instanceof lab.EngineFailure || error instanceof lab.ProcessLost) throw new UnfinishedError(error.message);
    throw error;
  }
}
