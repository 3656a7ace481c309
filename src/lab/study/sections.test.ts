import { describe, expect, it } from "vitest";
import type { SweepRow } from "../../conv/convolution.js";
import type { KernelClass } from "../../features/kernel-class.js";
import { renderFigure } from "../figures/index.js";
import { CONVOLUTION_LAWS } from "./convolution-laws.js";
import { COST_LAWS } from "./cost-laws.js";
import { FREQUENCY } from "./frequency.js";
import { NOISE } from "./noise.js";
import { OPERATOR_SHARE, representativeOf } from "./operator-share.js";
import { studyPage } from "./page.js";
import { ROOFLINE } from "./roofline.js";
import type { KernelPoint, LoadPoint, NetworkPoint, StudyData } from "./study-data.js";
import { TRAFFIC } from "./traffic.js";
import { UTILIZATION } from "./utilization.js";

const EMPTY: StudyData = {
  name: "toy",
  machine: {
    id: "0123456789ab",
    cpu: "Toy",
    architecture: "x64",
    cores: 2,
    simd: "avx2",
    caches: {},
    memoryMiB: 1024,
    kernel: "Linux 6",
    hypervisor: false,
    governor: null,
    engine: "ncnn",
    engineVersion: "1.0",
    threads: 1,
    core: 1,
    runtime: {},
    missing: ["frequency"],
  },
  profiled: true,
  kernels: [],
  networks: [],
  convolutions: [],
  loads: [],
  bandwidthGBs: null,
  repeats: { idle: [], loaded: [] },
  failures: 0,
};

const SECTIONS = [OPERATOR_SHARE, COST_LAWS, ROOFLINE, CONVOLUTION_LAWS, UTILIZATION, TRAFFIC, FREQUENCY, NOISE];

function network(fields: Partial<NetworkPoint>): NetworkPoint {
  return { id: "vgg-0", family: "vgg", flops: 1e9, bytes: 1e8, us: 10_000, classUs: null, ...fields };
}

function load(fields: Partial<LoadPoint>): LoadPoint {
  const asked = { utilization: fields.utilization ?? 0, trafficGBs: fields.trafficGBs ?? 0 };
  return { id: "vgg-0", family: "vgg", flopsPerByte: 10, asked, utilization: 0, trafficGBs: 0, frequencyMHz: null, idleUs: 5000, slowdown: 1, ...fields };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("the share of latency by operator", () => {
  const shares = (...us: [KernelClass, number][]): ReadonlyMap<KernelClass, number> => new Map(us);

  it("counts every kind of convolution and names what takes most of the rest", () => {
    const networks = [
      network({ classUs: shares(["conv", 90], ["conv-pointwise", 6], ["max-pool", 4]) }),
      network({ id: "alexnet-0", family: "alexnet", classUs: shares(["conv-depthwise", 40], ["gemm", 50], ["matmul", 10]) }),
    ];
    const { text, figure } = OPERATOR_SHARE.find({ ...EMPTY, networks });
    expect(text).toContain("from 40 % (alexnet-0) to 96.0 % (vgg-0)");
    expect(text).toContain("68 % in the median, and at least 95.0 % in 1 of 2");
    expect(text).toContain("fully connected takes most: 30 % of the time on average");
    const panel = figure?.panels[0];
    expect(panel?.kind === "bars" ? panel.bars.map(({ values }) => values.reduce((sum, value) => sum + value)) : []).toEqual([100, 100]);
  });

  it("takes the plain architecture, or the profiled one nearest in FLOPs", () => {
    const profile = shares(["conv", 1]);
    const plain = network({ classUs: profile });
    const far = network({ id: "vgg-1", flops: 9e9, classUs: profile });
    const near = network({ id: "vgg-2", flops: 2e9, classUs: profile });
    expect(representativeOf([far, near, plain], "vgg")?.id).toBe("vgg-0");
    expect(representativeOf([far, near, network({})], "vgg")?.id).toBe("vgg-2");
    expect(representativeOf([network({})], "vgg")).toBeNull();
  });

  it("is left out for an engine without a profile, and says so", () => {
    const { text, figure } = OPERATOR_SHARE.find({ ...EMPTY, profiled: false, networks: [network({})] });
    expect(figure).toBeNull();
    expect(text).toContain("no profile of ncnn");
  });
});

describe("latency against FLOPs and bytes", () => {
  it("finds a proportion where there is one", () => {
    const networks = numbers(20).map((i) => network({ flops: 1e8 * (i + 1), bytes: 1e6 * (1 + ((i * 7) % 20)), us: 1000 * (i + 1) }));
    const { text } = COST_LAWS.find({ ...EMPTY, networks });
    expect(text).toContain("with FLOPs at r = 1.00");
    expect(text).toContain("exponents are 1.00 and");
    expect(text).toContain("from 100 to 100 GFLOP/s");
    expect(text).toContain("FLOPs alone place 100 % of the networks within 10 % (mean error 0.0 %)");
  });
});

describe("the roofline", () => {
  it("bends where the peak meets the probe's bandwidth", () => {
    // 100 GFLOP/s at 50 FLOPs per byte, and 10 GB/s at 1 FLOP per byte.
    const computing: KernelPoint = { kernelClass: "conv", flops: 1e7, bytes: 2e5, us: 100 };
    const moving: KernelPoint = { kernelClass: "add", flops: 1e6, bytes: 1e6, us: 100 };
    const kernels = numbers(40).map((i) => (i % 2 === 0 ? computing : moving));
    const { text, table } = ROOFLINE.find({ ...EMPTY, kernels, bandwidthGBs: 20 });
    expect(text).toContain("attains 100 GFLOP/s or more; 50 % attain at least half");
    expect(text).toContain("bends at 5 FLOPs per byte");
    expect(text).toContain("attain 100 % of the peak in the median; to its left 50 % of the bandwidth, and 0.0 % of them");
    expect(table?.rows).toEqual([
      ["convolution", "20", "50", "100", "2"],
      ["arithmetic", "20", "1", "10", "10"],
    ]);
  });

  it("says that operators were run alone where the engine has no profile", () => {
    const kernels = numbers(30).map((): KernelPoint => ({ kernelClass: "conv", flops: 1e7, bytes: 2e5, us: 100 }));
    const { text } = ROOFLINE.find({ ...EMPTY, profiled: false, kernels });
    expect(text).toContain("30 operators (each run alone, by the time of a whole run: ncnn has no profile here)");
    expect(text).toContain("No probe of memory was taken.");
  });
});

describe("convolutions", () => {
  const at = (i: number): SweepRow => {
    const [inputSize, inChannels, outChannels, kernel] = [20 + ((i * 13) % 50), 16 + ((i * 7) % 90), 16 + ((i * 11) % 70), 1 + 2 * (i % 4)];
    const latencyUs = 1e-3 * inputSize ** 2 * inChannels * outChannels ** 0.5 * kernel ** 1.5;
    return { inputSize, inChannels, outChannels, kernel, stride: 1, groups: 1, latencyUs };
  };
  const rows = numbers(200).map(at);

  it("finds the exponents that made the latencies", () => {
    const { text, table, figure } = CONVOLUTION_LAWS.find({ ...EMPTY, convolutions: rows });
    expect(text).toContain("2.00 for the input size (2), 1.00 for the input channels (1), 0.50 for the output channels (1), 1.50 for the kernel size (2)");
    expect(text).toContain("no multiple of 4 take 1.00 times as long");
    expect(table?.rows[0]?.slice(2)).toEqual(["2.00", "1.00", "0.50", "1.50", "1.00"]);
    expect(figure?.panels).toHaveLength(4);
  });

  it("shows what broken vectors and narrow layers cost", () => {
    const slower = rows.map((row) => ({ ...row, latencyUs: row.latencyUs * (row.inChannels % 4 === 0 ? 1 : 1.5) }));
    expect(CONVOLUTION_LAWS.find({ ...EMPTY, convolutions: slower }).text).toMatch(/no multiple of 4 take 1\.(4|5)\d times/);
    const narrow = { ...at(3), inputSize: 200, outChannels: 4, latencyUs: 1e-3 * 200 ** 2 * at(3).inChannels * 16 ** 0.5 * 7 ** 1.5 };
    expect(CONVOLUTION_LAWS.find({ ...EMPTY, convolutions: [...rows, narrow] }).text).toContain(
      "With fewer than 16 output channels (1) they take 2.00 times what it says",
    );
  });
});

describe("utilization", () => {
  it("tells the fair scheduler's law from the unbounded one", () => {
    const loads = numbers(20).map((i) => load({ utilization: 0.1 + 0.04 * i, slowdown: 1.1 + 0.04 * i, idleUs: 1000 + i }));
    const { text } = UTILIZATION.find({ ...EMPTY, loads: [...loads, load({ utilization: 0.5, trafficGBs: 4, slowdown: 9 })] });
    expect(text).toContain("Over 20 measurements the slowdown is 1 + 1.00 u");
    expect(text).toContain("1 + u itself is off by 0.0 % on average");
    expect(text).toMatch(/1 \/ \(1 - u\) by \d+ %/);
  });
});

describe("memory traffic", () => {
  it("finds that networks with few FLOPs per byte suffer more, and that both loads multiply", () => {
    const slow = (gbs: number, intensity: number): number => Math.exp(gbs * (0.02 - 0.005 * Math.log(intensity)));
    const alone = numbers(30).map((i) => {
      const [trafficGBs, flopsPerByte] = [1 + (i % 6), 2 + ((i * 7) % 30)];
      return load({ trafficGBs, flopsPerByte, slowdown: slow(trafficGBs, flopsPerByte) });
    });
    const both = alone.map((row) => load({ ...row, utilization: 0.5, asked: { utilization: 0.5, trafficGBs: row.trafficGBs }, slowdown: 1.5 * row.slowdown }));
    const { text, figure } = TRAFFIC.find({ ...EMPTY, loads: [...alone, ...both] });
    expect(text).toContain("Over 30 measurements traffic of 1 to 6 GB/s");
    const [few, many] = /adds .*: ([\d.]+) % to the third .*, ([\d.]+) % to that with the most/.exec(text)?.slice(1).map(Number) ?? [];
    expect(few).toBeGreaterThan(many ?? Infinity);
    expect(text).toContain("its product with what traffic alone does by 0.0 %; the measured slowdown is 1.00 times");
    expect(figure?.panels).toHaveLength(3);
  });
});

describe("frequency", () => {
  it("finds the inverse proportion where frequencies were set", () => {
    const loads = numbers(20).map((i) => load({ frequencyMHz: 1000 + 100 * i, utilization: 0.2, slowdown: (1.2 * 2900) / (1000 + 100 * i) }));
    expect(FREQUENCY.find({ ...EMPTY, loads }).text).toContain("from 1000 to 2900 MHz latency goes with the frequency to the power of -1.00");
  });

  it("says why nothing is known where it was not", () => {
    expect(FREQUENCY.find(EMPTY)).toEqual({ text: "The machine shows no frequency and lets none be set, so nothing can be said.", figure: null });
    const one = numbers(20).map(() => load({ frequencyMHz: 2000 }));
    expect(FREQUENCY.find({ ...EMPTY, loads: one }).text).toContain("at one frequency");
  });
});

describe("the noise floor", () => {
  it("compares the halves and says which part was never repeated", () => {
    const idle = [0.98, 1, 1.04, 1.2].map((ratio) => ({ predicted: 100 * ratio, measured: 100 }));
    const { text } = NOISE.find({ ...EMPTY, repeats: { idle, loaded: [] } });
    expect(text).toContain("agree within 10 % in 75 % of 4 cases; half of them within 3.0 %");
    expect(text).toContain("No loaded label was measured twice.");
  });
});

describe("the page", () => {
  it("can be written of a dataset that holds next to nothing: no section invents anything", () => {
    for (const { find } of SECTIONS) expect(find(EMPTY).figure).toBeNull();
    const { markdown, figures } = studyPage([EMPTY], "figures");
    expect(figures.size).toBe(0);
    expect(markdown).not.toMatch(/NaN|undefined|Infinity/);
    for (const { title } of SECTIONS) expect(markdown).toContain(`## ${title}`);
  });

  it("shows each figure that it names, for each dataset", () => {
    const idle = [1, 2, 3].map((ms) => ({ predicted: 1000 * ms, measured: 1010 * ms }));
    const data = ["a", "b"].map((name): StudyData => ({ ...EMPTY, name, networks: [network({})], repeats: { idle, loaded: [] } }));
    const { markdown, figures } = studyPage(data, "../pictures");
    expect([...figures.keys()]).toEqual(["study-a-noise.svg", "study-b-noise.svg"]);
    for (const file of figures.keys()) expect(markdown).toContain(`(../pictures/${file})`);
    for (const figure of figures.values()) expect(renderFigure(figure)).toContain("</svg>");
    expect(markdown).toContain("| vgg-0 | 10.00 | 10.00 |");
  });
});
