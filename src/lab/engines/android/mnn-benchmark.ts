import type { ParseBenchmark } from "./report.js";
import { lastNumber, UnreadableOutput, US_PER_MS } from "./report.js";

// Older versions write no space before "ms".
const RESULT = /^\[ - \] (\S+)\s+max =\s*([\d.]+) ?ms\s+min =\s*([\d.]+) ?ms\s+avg =\s*([\d.]+) ?ms/gm;

/** MNN's `benchmark.out`: one line a model, in ms. */
export const parseMnnBenchmark: ParseBenchmark = (output) => {
  const runs = lastNumber(output, /Benchmarking\.\.\. loop = (\d+)/g);
  const threads = lastNumber(output, /^Forward type: .*?\bthread=(\d+)/gm);
  const reports = [...output.matchAll(RESULT)].map(([, model = "", max, min, mean]) => ({
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
  if (reports.length === 0) throw new UnreadableOutput("MNN's benchmark", output);
  return reports;
};
