import type { ParseBenchmark } from "./report.js";
import { lastNumber, UnreadableOutput, US_PER_MS } from "./report.js";

const RESULT = /^\s*(\S+)\s+min =\s*([\d.]+)\s+max =\s*([\d.]+)\s+avg =\s*([\d.]+)\s*$/gm;

/** ncnn's `benchncnn`: one line a model, in ms. */
export const parseBenchncnn: ParseBenchmark = (output) => {
  const runs = lastNumber(output, /^loop_count = (\d+)/gm);
  const threads = lastNumber(output, /^num_threads = (\d+)/gm);
  const reports = [...output.matchAll(RESULT)].map(([, model = "", min, max, mean]) => ({
    model,
    runs,
    threads,
    meanUs: Number(mean) * US_PER_MS,
    minUs: Number(min) * US_PER_MS,
    medianUs: null,
    maxUs: Number(max) * US_PER_MS,
    firstUs: null,
    initUs: null,
    memoryBytes: null,
  }));
  if (reports.length === 0) throw new UnreadableOutput("benchncnn", output);
  return reports;
};
