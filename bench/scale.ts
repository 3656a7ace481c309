import { modelFeatures } from "../dist/features/model-features.js";
import { buildGraph } from "../dist/graph/build.js";
import { OnnxReader, readOnnx } from "../dist/onnx/reader.js";
import { residualNetwork, StreamedVgg } from "./generated.js";
import { median, processorMs, spread } from "./statistics.js";

const VGG_ROUNDS = 5;
const GRAPH_ROUNDS: ReadonlyMap<number, number> = new Map([
  [1_000, 30],
  [10_000, 12],
  [100_000, 5],
]);
const RULES = { engine: "onnxruntime", channelBlock: 8 } as const;

/** How processor time and memory grow: with the bytes of a file, and with the nodes of a graph. */
export function benchScale(print: (line: string) => void): void {
  benchStreaming(print);
  benchNodes(print);
}

/** A file of half a gigabyte as it streams in, beside merely reading its bytes. */
function benchStreaming(print: (line: string) => void): void {
  const file = new StreamedVgg();
  const nothing: number[] = [];
  const reading: number[] = [];
  let growth = 0;
  let macs = 0;
  for (let round = -1; round < VGG_ROUNDS; round += 1) {
    let counted = 0;
    const count = processorMs(() => {
      for (const chunk of file.chunks()) for (let at = 0; at < chunk.length; at += 4096) counted += chunk[at] ?? 0;
    });
    const before = memory();
    const read = processorMs(() => {
      const reader = new OnnxReader();
      for (const chunk of file.chunks()) {
        reader.push(chunk);
        growth = Math.max(growth, memory() - before);
      }
      macs = buildGraph(reader.end()).totals.macs;
    });
    if (counted < 0 || round < 0) continue;
    nothing.push(count);
    reading.push(read);
  }
  print(`VGG-16 as it streams in, ${(file.bytes / 1e6).toFixed(0)} MB, ${(macs / 1e9).toFixed(1)} GMACs`);
  print(`  looking at one byte in 4,096   ${spread(nothing, "ms")}`);
  print(`  reading and building           ${spread(reading, "ms")}`);
  print(`  memory growth                  ${(growth / 2 ** 20).toFixed(1)} MiB at most`);
}

function benchNodes(print: (line: string) => void): void {
  const medians = new Map<number, number>();
  for (const [nodes, rounds] of GRAPH_ROUNDS) {
    const bytes = residualNetwork(nodes);
    const times = { scan: [] as number[], read: [] as number[], build: [] as number[], features: [] as number[] };
    for (let round = -3; round < rounds; round += 1) {
      let sum = 0;
      const scan = processorMs(() => {
        for (const byte of bytes) sum += byte;
      });
      let model = readOnnx(bytes);
      const read = processorMs(() => (model = readOnnx(bytes)));
      let graph = buildGraph(model);
      const build = processorMs(() => (graph = buildGraph(model)));
      const features = processorMs(() => modelFeatures(graph, RULES));
      if (round < 0 || sum < 0) continue;
      times.scan.push(scan);
      times.read.push(read);
      times.build.push(build);
      times.features.push(features);
    }
    medians.set(nodes, median(times.read) + median(times.build));
    print(`a graph of ${nodes.toLocaleString("en")} nodes, ${(bytes.length / 1e6).toFixed(2)} MB`);
    print(`  adding up its bytes   ${spread(times.scan, "ms")}`);
    print(`  reading               ${spread(times.read, "ms")}`);
    print(`  building              ${spread(times.build, "ms")}`);
    print(`  kernels and features  ${spread(times.features, "ms")}`);
  }
  const [small = NaN, middle = NaN, large = NaN] = medians.values();
  print(`reading and building: 10,000 nodes take ${(middle / small).toFixed(1)} times what 1,000 take, 100,000 take ${(large / middle).toFixed(1)} times that`);
}

/** What is held: outside of V8's heap too, but not what the allocator keeps for later. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
