import type { EngineName } from "../engine-kind.js";
import { parseBenchmarkModel } from "./benchmark-model.js";
import { parseBenchncnn } from "./benchncnn.js";
import { parseMindsporeBenchmark } from "./mindspore-benchmark.js";
import { parseMnnBenchmark } from "./mnn-benchmark.js";
import { parseOnnxRuntimePerfTest } from "./onnxruntime-perf-test.js";
import type { ParseBenchmark } from "./report.js";

export type { BenchmarkReport, ParseBenchmark } from "./report.js";
export { UnreadableOutput } from "./report.js";

/** The benchmark program that each engine brings for Android, and the parser of what it prints. */
export const BENCHMARK_PROGRAMS: Readonly<Record<EngineName, { readonly program: string; readonly parse: ParseBenchmark }>> = {
  onnxruntime: { program: "onnxruntime_perf_test", parse: parseOnnxRuntimePerfTest },
  tflite: { program: "benchmark_model", parse: parseBenchmarkModel },
  mnn: { program: "benchmark.out", parse: parseMnnBenchmark },
  ncnn: { program: "benchncnn", parse: parseBenchncnn },
  mindspore: { program: "benchmark", parse: parseMindsporeBenchmark },
};
