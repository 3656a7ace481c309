import type { ParseBenchmark } from "./report.js";
import { lastNumber, UnreadableOutput } from "./report.js";

const BYTES_PER_MIB = 2 ** 20;
const COUNT_LINE = /\bcount=(\d+)\b.*/g;

function field(line: string, name: string): number | null {
  return lastNumber(line, new RegExp(`\\b${name}=([\\d.e+-]+)`, "g"));
}

/**
 * TensorFlow Lite's `benchmark_model`. Its times are µs. Of its `count=` lines the last is the one after the warm-up.
 * Memory: by how much the process grew, from the start of the program.
 */
export const parseBenchmarkModel: ParseBenchmark = (output) => {
  const line = [...output.matchAll(COUNT_LINE)].at(-1)?.[0];
  const meanUs = lastNumber(output, /Inference \(avg\): ([\d.e+]+)/g);
  if (line === undefined || meanUs === null) throw new UnreadableOutput("benchmark_model", output);
  // A single run is printed as "count=1 curr=T".
  const only = field(line, "count") === 1 ? field(line, "curr") : null;
  const memory = lastNumber(output, /(?:footprint delta from the start of the tool|Peak memory footprint) \(MB\): init=[\d.]+ overall=([\d.]+)/g);
  const model = /(?:^|\s)Graph: \[(.*?)\]/m.exec(output)?.[1] ?? /Loaded model (\S+)/.exec(output)?.[1];
  return [
    {
      model: model ?? null,
      runs: field(line, "count"),
      threads: lastNumber(output, /(?:Num threads|#threads used for CPU inference): \[(\d+)\]/g),
      meanUs,
      minUs: field(line, "min") ?? only,
      medianUs: field(line, "median") ?? only,
      maxUs: field(line, "max") ?? only,
      firstUs: lastNumber(output, /First inference: ([\d.e+]+)/g),
      initUs: lastNumber(output, /Inference timings in us: Init: ([\d.e+]+)/g),
      memoryBytes: memory === null ? null : Math.round(memory * BYTES_PER_MIB),
    },
  ];
};
