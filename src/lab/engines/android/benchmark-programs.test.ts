import { describe, expect, it } from "vitest";
import { ENGINE_NAMES } from "../engine-kind.js";
import { BENCHMARK_PROGRAMS, UnreadableOutput } from "./index.js";

// What the programs really printed, as people published it; where, is said with each.

/** Texas Instruments' Processor SDK Linux documentation, TensorFlow Lite on an AM62x board. */
const BENCHMARK_MODEL = `INFO: STARTING!
INFO: Log parameter values verbosely: [0]
INFO: Graph: [/usr/share/oob-demo-assets/models/ssd_mobilenet_v2_coco.tflite]
INFO: Signature to run: []
INFO: Use xnnpack: [0]
INFO: Loaded model /usr/share/oob-demo-assets/models/ssd_mobilenet_v2_coco.tflite
INFO: The input model file size (MB): 67.3128
INFO: Initialized session in 5.579ms.
INFO: Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
INFO: count=1 curr=1357602 p5=1357602 median=1357602 p95=1357602

INFO: Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
INFO: count=50 first=1249964 curr=1240143 min=1238588 max=1252566 avg=1.24027e+06 std=2565 p5=1238753 median=1239807 p95=1247415

INFO: Inference timings in us: Init: 5579, First inference: 1357602, Warmup (avg): 1.3576e+06, Inference (avg): 1.24027e+06
INFO: Note: as the benchmark tool itself affects memory footprint, the following is only APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at your discretion.
INFO: Memory footprint delta from the start of the tool (MB): init=6.36328 overall=109.832
`;

/** A run of an older version on the web, without percentiles and without "INFO:". */
const OLD_BENCHMARK_MODEL = `Num threads: [1]
Loaded model 
The input model file size (MB): 0.005912
Initialized session in 1.461ms.
Running benchmark for at least 1 iterations and at least 0.5 seconds but terminate if exceeding 150 seconds.
count=7837 first=114 curr=32 min=28 max=114 avg=31.462 std=1

Running benchmark for at least 50 iterations and at least 1 seconds but terminate if exceeding 150 seconds.
count=15523 first=51 curr=32 min=28 max=51 avg=31.4759 std=0

Inference timings in us: Init: 1461, First inference: 114, Warmup (avg): 31.462, Inference (avg): 31.4759
`;

/** Tencent/ncnn issue 3142: a phone with a Snapdragon 888. */
const BENCHNCNN = `7 max freq = 2841600 khz
loop_count = 10
num_threads = 4
powersave = 2
gpu_device = -1
cooling_down = 0
          squeezenet  min =    4.21  max =    4.36  avg =    4.27
     squeezenet_int8  min =    4.92  max =    5.23  avg =    5.04
           mobilenet  min =    5.81  max =    5.99  avg =    5.90
`;

/** A log of MNN's benchmark.out on a Rock Pi 4B, as published. */
const MNN_BENCHMARK = `MNN benchmark
Forward type: **CPU** thread=4** precision=2** sparsity=0** sparseBlockOC=1
--------> Benchmarking... loop = 20, warmup = 5
[ - ] resnet-v2-50.mnn            max =  339.943 ms  min =  336.965 ms  avg =  338.189 ms
[ - ] MobileNetV2_224.mnn         max =   43.832 ms  min =   43.486 ms  avg =   43.598 ms
`;

/** MNN's own record of 2019 on a Huawei P10. */
const OLD_MNN_BENCHMARK = `MNN benchmark
Forward type: **CPU**
Warming up...
--------> Benchmarking... loop = 10
[ - ] SqueezeNetV1.0.mnn        max =   49.437ms  min =   38.759ms  avg =   43.901ms
`;

/** MindSpore's tutorial on inference with MindSpore Lite. */
const MINDSPORE_BENCHMARK = `ModelPath = mobilenetv2.ms
ModelType = MindIR
LoopCount = 10
DeviceType = CPU
WarmUpLoopCount = 3
NumThreads = 2
Fp16Priority = 0
start unified benchmark run
PrepareTime = 30.013 ms
Running warm up loops...
Running benchmark loops...
Model = mobilenetv2.ms, NumThreads = 2, MinRunTime = 6.677000 ms, MaxRuntime = 8.656000 ms, AvgRunTime = 7.291000 ms
Run Benchmark mobilenetv2.ms Success.
`;

/** Arm's learning path on profiling ONNX Runtime on a phone with a Dimensity 9500. */
const PERF_TEST = `Setting intra_op_num_threads to 1
Disabling intra-op thread spinning between runs
Session creation time cost: 0.217932 s
First inference time cost: 196 ms
Total inference time cost: 0.49481 s
Total inference requests: 5
Average inference time cost total: 98.961997 ms
Total inference run time: 0.494854 s
Number of inferences per second: 10.104
Avg CPU usage: 11 %
Peak working set size: 271122432 bytes
Avg CPU usage:11
Peak working set size:271122432
Runs:5
Min Latency: 0.0958204 s
Max Latency: 0.101519 s
P50 Latency: 0.0995086 s
P90 Latency: 0.101519 s
`;

const { onnxruntime, tflite, mnn, ncnn, mindspore } = BENCHMARK_PROGRAMS;

describe("benchmark_model", () => {
  it("is read after its warm-up", () => {
    expect(tflite.parse(BENCHMARK_MODEL)).toEqual([
      {
        model: "/usr/share/oob-demo-assets/models/ssd_mobilenet_v2_coco.tflite",
        runs: 50,
        threads: null,
        meanUs: 1240270,
        minUs: 1238588,
        medianUs: 1239807,
        maxUs: 1252566,
        firstUs: 1357602,
        initUs: 5579,
        memoryBytes: 115167199,
      },
    ]);
  });

  it("of an older version says less, and what it does not say is null", () => {
    expect(tflite.parse(OLD_BENCHMARK_MODEL)).toMatchObject([
      { runs: 15523, threads: 1, meanUs: 31.4759, minUs: 28, medianUs: null, maxUs: 51, memoryBytes: null },
    ]);
  });

  it("is read where it ran once only", () => {
    const once = BENCHMARK_MODEL.replace(/INFO: count=50.*\n/, "");
    expect(tflite.parse(once)).toMatchObject([{ runs: 1, minUs: 1357602, medianUs: 1357602, maxUs: 1357602 }]);
  });
});

describe("benchncnn", () => {
  it("is read line by line, with what stands above", () => {
    const reports = ncnn.parse(BENCHNCNN);
    expect(reports.map(({ model }) => model)).toEqual(["squeezenet", "squeezenet_int8", "mobilenet"]);
    expect(reports[0]).toMatchObject({ runs: 10, threads: 4, meanUs: 4270, minUs: 4210, maxUs: 4360, medianUs: null });
  });
});

describe("MNN's benchmark", () => {
  it("is read line by line, with what stands above", () => {
    const reports = mnn.parse(MNN_BENCHMARK);
    expect(reports).toHaveLength(2);
    expect(reports[1]).toMatchObject({ model: "MobileNetV2_224.mnn", runs: 20, threads: 4, meanUs: 43598, minUs: 43486, maxUs: 43832 });
  });

  it("is read as it was in 2019", () => {
    expect(mnn.parse(OLD_MNN_BENCHMARK)).toMatchObject([{ model: "SqueezeNetV1.0.mnn", runs: 10, threads: null, meanUs: 43901 }]);
  });
});

describe("MindSpore Lite's benchmark", () => {
  it("is read", () => {
    expect(mindspore.parse(MINDSPORE_BENCHMARK)).toMatchObject([
      { model: "mobilenetv2.ms", runs: 10, threads: 2, meanUs: 7291, minUs: 6677, maxUs: 8656, initUs: 30013 },
    ]);
  });
});

describe("onnxruntime_perf_test", () => {
  it("is read", () => {
    const [report] = onnxruntime.parse(PERF_TEST);
    expect(report).toMatchObject({ runs: 5, threads: 1, firstUs: 196_000, memoryBytes: 271122432, model: null });
    expect(report?.meanUs).toBeCloseTo(98961.997, 6);
    expect(report?.minUs).toBeCloseTo(95820.4, 6);
    expect(report?.medianUs).toBeCloseTo(99508.6, 6);
    expect(report?.initUs).toBeCloseTo(217932, 6);
  });

  it("is read as older versions write it", () => {
    const old = PERF_TEST.replace("cost total: ", "cost:").replace("requests: ", "requests:");
    expect(onnxruntime.parse(old)[0]).toMatchObject({ runs: 5 });
    expect(onnxruntime.parse(old)[0]?.meanUs).toBeCloseTo(98961.997, 6);
  });
});

describe.each(ENGINE_NAMES)("the program of %s", (name) => {
  it("that printed no result gives its last words", () => {
    const { parse, program } = BENCHMARK_PROGRAMS[name];
    const died = `CANNOT LINK EXECUTABLE "./${program}": library "libc++_shared.so" not found\n`;
    expect(() => parse(died)).toThrow(UnreadableOutput);
    expect(() => parse(died)).toThrow(/libc\+\+_shared\.so" not found/);
    expect(() => parse("")).toThrow(/it said nothing/);
  });
});
