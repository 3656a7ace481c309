import { modelFeatures } from "../dist/features/model-features.js";
import { buildGraph } from "../dist/graph/build.js";
import { readOnnx } from "../dist/onnx/reader.js";
import { residualNetwork } from "./generated.js";
import { processorTimed, wallTimed } from "./statistics.js";

const STAGES = ["scan", "read", "build", "features"] as const;

/** Milliseconds for one graph by stage, a figure a round. */
export type GraphTimes = Readonly<Record<Stage, readonly number[]>> & { readonly megabytes: number };
export type Stage = (typeof STAGES)[number];

/** Nodes that pass by in a round, whatever the size: what the collector does later is shared by the graphs that cause it. */
const NODES_A_ROUND = 10_000;
/** Nodes that pass by before anything is measured. */
const WARM_UP_NODES = 300_000;
const ROUNDS = 15;
const RULES = { engine: "onnxruntime", channelBlock: 8 } as const;

/** Wall time of the stages on the first graph that a process sees: code that nobody has run before, and all that a graph needs once. */
function timesOfTheFirst(bytes: Buffer): Record<Stage, number[]> {
  const { scan, read, build, features } = stagesOf(bytes, wallTimed);
  return { scan: [scan], read: [read], build: [build], features: [features] };
}

/** Processor time of the stages on one graph after the other: what other sizes left behind is not counted in a process of one size. */
function timesOfMany(bytes: Buffer, nodes: number): Record<Stage, number[]> {
  const graphs = Math.max(1, Math.round(NODES_A_ROUND / nodes));
  const times: Record<Stage, number[]> = { scan: [], read: [], build: [], features: [] };
  for (let round = -Math.ceil(WARM_UP_NODES / (graphs * nodes)); round < ROUNDS; round += 1) {
    const sums = { scan: 0, read: 0, build: 0, features: 0 };
    for (let graph = 0; graph < graphs; graph += 1) {
      const one = stagesOf(bytes, processorTimed);
      for (const stage of STAGES) sums[stage] += one[stage] / graphs;
    }
    if (round >= 0) for (const stage of STAGES) times[stage].push(sums[stage]);
  }
  return times;
}

function stagesOf(bytes: Buffer, timed: typeof processorTimed): Record<Stage, number> {
  const scanned = timed(() => bytes.reduce((sum, byte) => sum + byte, 0));
  const read = timed(() => readOnnx(bytes));
  const built = timed(() => buildGraph(read.result));
  const features = timed(() => modelFeatures(built.result, RULES));
  return { scan: scanned.ms, read: read.ms, build: built.ms, features: features.ms };
}

const [, , size, which] = process.argv;
const nodes = Number(size);
const bytes = residualNetwork(nodes);
const times = which === "first" ? timesOfTheFirst(bytes) : timesOfMany(bytes, nodes);
process.send?.({ megabytes: bytes.length / 1e6, ...times } satisfies GraphTimes);
