import type { ParseBenchmark } from "./report.js";
import { lastNumber, scaled, UnreadableOutput, US_PER_MS } from "./report.js";

// The documentation of some versions writes numThreads.
const RESULT = /^\s*Model = (.+?), [Nn]umThreads = (\d+), MinRunTime = ([\d.]+) ms, MaxRuntime = ([\d.]+) ms, AvgRunTime = ([\d.]+) ms/m;

/** MindSpore Lite's `benchmark`, in ms. */
export const parseMindsporeBenchmark: ParseBenchmark = (output) => {
  const found = RESULT.exec(output);
  if (found === null) throw new UnreadableOutput("MindSpore Lite's benchmark", output);
  const [, model = "", threads, min, max, mean] = found;
  return [
    {
      model,
      runs: lastNumber(output, /^\s*LoopCount = (\d+)/gm),
      threads: Number(threads),
      meanUs: Number(mean) * US_PER_MS,
      minUs: Number(min) * US_PER_MS,
      medianUs: null,
      maxUs: Number(max) * US_PER_MS,
      firstUs: null,
      initUs: scaled(lastNumber(output, /^\s*PrepareTime = ([\d.]+) ms/gm), US_PER_MS),
      memoryBytes: null,
    },
  ];
};
