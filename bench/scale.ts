import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { buildGraph } from "../dist/graph/build.js";
import { OnnxReader } from "../dist/onnx/reader.js";
import { residualNetwork, StreamedVgg } from "./generated.js";
import type { GraphTimes, Stage } from "./graph-size.js";
import { post, Service, YOUNG_GENERATION } from "./service.js";
import { median, processorMs, spread, timeMs } from "./statistics.js";

const VGG_ROUNDS = 5;
type Which = "first" | "many";
/** A process has one first graph, and as many others as are asked for. */
const WAYS: readonly { readonly title: string; readonly which: Which; readonly processes: number }[] = [
  { title: "the first graph of a process, wall time", which: "first", processes: 7 },
  { title: "one graph of many, processor time", which: "many", processes: 1 },
];
const SIZES = [1_000, 10_000, 100_000] as const;
const SERVED_WARM_UP = 3;
const SERVED_ROUNDS = 15;
const GRAPH_SIZE = fileURLToPath(new URL("graph-size.js", import.meta.url));

/** How processor time and memory grow: with the bytes of a file, and with the nodes of a graph. */
export async function benchScale(print: (line: string) => void): Promise<void> {
  benchStreaming(print);
  await benchNodes(print);
  await benchServed(print);
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

/** A graph in a process that has seen nothing, and one of many in a process that builds nothing else. */
async function benchNodes(print: (line: string) => void): Promise<void> {
  for (const { title, which, processes } of WAYS) {
    const totals: { readonly building: number; readonly features: number }[] = [];
    print(title);
    for (const nodes of SIZES) {
      const runs: GraphTimes[] = [];
      while (runs.length < processes) runs.push(await timesInItsOwnProcess(nodes, which));
      const all = (stage: Stage): number[] => runs.flatMap((times) => times[stage]);
      totals.push({ building: median(all("read")) + median(all("build")), features: median(all("features")) });
      print(`  ${nodes.toLocaleString("en")} nodes, ${(runs[0]?.megabytes ?? NaN).toFixed(2)} MB`);
      print(`    adding up its bytes   ${spread(all("scan"), "ms")}`);
      print(`    reading               ${spread(all("read"), "ms")}`);
      print(`    building              ${spread(all("build"), "ms")}`);
      print(`    kernels and features  ${spread(all("features"), "ms")}`);
    }
    for (const stage of ["building", "features"] as const) {
      const name = stage === "building" ? "reading and building" : "kernels and features";
      print(`  ${name}: ${growth(totals.map((total) => total[stage]))}`);
    }
  }
}

/** What whoever uploads such a file waits for: sizes in turn to a service that keeps one model, so that none is ever known. */
async function benchServed(print: (line: string) => void): Promise<void> {
  const service = await Service.start();
  const octets = "application/octet-stream";
  const files = SIZES.map((nodes) => ({ nodes, bytes: residualNetwork(nodes), nothing: [] as number[], predict: [] as number[] }));
  for (let round = -SERVED_WARM_UP; round < SERVED_ROUNDS; round += 1) {
    for (const { bytes, nothing, predict } of files) {
      const received = await timeMs(() => post(service.ports.nothing, "/", octets, bytes));
      const answered = await timeMs(() => post(service.ports.service, "/predict", octets, bytes));
      if (round < 0) continue;
      nothing.push(received);
      predict.push(answered);
    }
  }
  service.close();
  print("POST /predict, never seen before, wall time");
  for (const { nodes, nothing, predict } of files) {
    print(`  ${nodes.toLocaleString("en")} nodes`);
    print(`    a server that only receives   ${spread(nothing, "ms")}`);
    print(`    file to answer                ${spread(predict, "ms")}`);
  }
  print(`  ${growth(files.map(({ predict }) => median(predict)))}`);
}

/** Of one time for each of SIZES. */
function growth([small = NaN, middle = NaN, large = NaN]: readonly number[]): string {
  return `10,000 nodes take ${(middle / small).toFixed(1)} times what 1,000 take, 100,000 take ${(large / middle).toFixed(1)} times that`;
}

async function timesInItsOwnProcess(nodes: number, which: Which): Promise<GraphTimes> {
  const child = fork(GRAPH_SIZE, [String(nodes), which], { execArgv: YOUNG_GENERATION });
  const [times] = (await once(child, "message")) as [GraphTimes];
  return times;
}

/** What is held: outside of V8's heap too, but not what the allocator keeps for later. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
