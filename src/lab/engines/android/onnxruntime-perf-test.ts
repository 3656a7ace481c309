import type { ParseBenchmark } from "./report.js";
import { lastNumber, scaled, UnreadableOutput, US_PER_MS, US_PER_S } from "./report.js";

/**
 * ONNX Runtime's `onnxruntime_perf_test -s`. Old versions write no space after a colon, new ones "cost total:" before
 * the average. Memory: the most that the process ever held, itself included.
 */
export const parseOnnxRuntimePerfTest: ParseBenchmark = (output) => {
  const meanMs = lastNumber(output, /Average inference time cost(?: total)?:\s*([\d.e+-]+) ms/g);
  if (meanMs === null) throw new UnreadableOutput("onnxruntime_perf_test", output);
  const latency = (name: string) => scaled(lastNumber(output, new RegExp(`${name} Latency: ([\\d.e+-]+) s`, "g")), US_PER_S);
  return [
    {
      model: null,
      runs: lastNumber(output, /Total inference requests:\s*(\d+)/g),
      threads: lastNumber(output, /Setting intra_op_num_threads to (\d+)/g),
      meanUs: meanMs * US_PER_MS,
      minUs: latency("Min"),
      medianUs: latency("P50"),
      maxUs: latency("Max"),
      firstUs: scaled(lastNumber(output, /First inference time cost:\s*([\d.]+) ms/g), US_PER_MS),
      initUs: scaled(lastNumber(output, /Session creation time cost:\s*([\d.e+-]+) s/g), US_PER_S),
      memoryBytes: lastNumber(output, /Peak working set size:\s*(\d+)/g),
    },
  ];
};
