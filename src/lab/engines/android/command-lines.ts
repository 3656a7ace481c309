import type { EngineModel } from "../engine.js";
import type { EngineName } from "../engine-kind.js";

/** One run of a benchmark program on a device. */
export interface BenchmarkJob {
  /** Of the model's files there, which hold nothing else. */
  readonly folder: string;
  readonly inputs: EngineModel["inputs"];
  readonly warmup: number;
  readonly runs: number;
  readonly threads: number;
}

/** How an engine's program is told what to do. */
export interface CommandLine {
  /** The files that it needs of the model, as the converters call them. */
  readonly files: readonly string[];
  /** Its arguments. Throws RangeError where the program cannot be told. */
  readonly args: (job: BenchmarkJob) => readonly string[];
  /** What it computes in. */
  readonly precision: string;
}

/** benchncnn knows no batch, and takes width, height, channels in this order. */
function ncnnShape({ inputs }: BenchmarkJob): string {
  return inputs
    .map(({ name, shape: [batch, ...dims] }) => {
      if (batch !== 1) throw new RangeError(`benchncnn takes no batch: input ${name} has ${batch ?? "no dimensions"}`);
      return `[${dims.toReversed().join(",")}]`;
    })
    .join(",");
}

/**
 * Command lines by engine, from the programs' own usage texts. Where a program could choose cores, a GPU or half precision
 * by itself, it is told not to; benchncnn cannot be told the precision, nor its 8 warm-up runs, and computes with
 * weights of 0; onnxruntime_perf_test always warms up once.
 */
export const COMMAND_LINES: Readonly<Record<EngineName, CommandLine>> = {
  onnxruntime: {
    files: ["model.onnx"],
    args: ({ folder, runs, threads }) => ["-e", "cpu", "-I", "-m", "times", "-r", `${runs}`, "-x", `${threads}`, "-s", `${folder}/model.onnx`],
    precision: "float32",
  },
  tflite: {
    files: ["model.tflite"],
    args: ({ folder, warmup, runs, threads }) => [
      `--graph=${folder}/model.tflite`,
      `--num_threads=${threads}`,
      `--warmup_runs=${warmup}`,
      "--warmup_min_secs=0",
      `--num_runs=${runs}`,
      "--min_secs=0",
      "--use_xnnpack=true",
    ],
    precision: "float32",
  },
  mnn: {
    files: ["model.mnn"],
    // It measures every file of the folder. Forward type 0: CPU; precision 1: high.
    args: ({ folder, warmup, runs, threads }) => [folder, `${runs}`, `${warmup}`, "0", `${threads}`, "1"],
    precision: "float32",
  },
  ncnn: {
    files: ["model.ncnn.param"],
    // Power save 0: all cores that taskset leaves it; GPU -1: none; no 10 s of cooling down.
    args: (job) => [`${job.runs}`, `${job.threads}`, "0", "-1", "0", `param=${job.folder}/model.ncnn.param`, `shape=${ncnnShape(job)}`],
    precision: "float16 where the processor computes in it",
  },
  mindspore: {
    files: ["model.ms"],
    args: ({ folder, warmup, runs, threads }) => [
      `--modelFile=${folder}/model.ms`,
      "--device=CPU",
      `--warmUpLoopCount=${warmup}`,
      `--loopCount=${runs}`,
      `--numThreads=${threads}`,
      "--cpuBindMode=0",
      "--enableFp16=false",
    ],
    precision: "float32",
  },
};
