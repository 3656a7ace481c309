import { beforeAll, describe, expect, it } from "vitest";
import { syntheticGraph } from "../../../../../test/helper/synthetic.js";
import { FACTOR_SCHEMA } from "../../../../features/factor-features.js";
import { NODE_FEATURE_NAMES, nodeFeatureMatrix } from "../../../../features/node-features.js";
import { initBackend, type Tf } from "../../../../model/backend.js";
import { fitScaler, standardise } from "../../../../model/scaler.js";
import { normalizedAdjacency } from "../../../../model/sparse.js";
import type { HeldOut } from "../cross-validate.js";
import { phoneSamples, type PhoneSample } from "../samples.js";
import type { PhoneRow } from "../table.js";
import { tellingNetworks } from "../telling-networks.js";
import { TURNS } from "../turns.js";
import { ABLATIONS, pooledByGraph, withoutConfiguration, withoutCores, withoutSurroundings } from "./ablations.js";
import { trainingOf } from "./contender.js";
import type { Contested } from "./contest.js";
import { GCN, PAPER } from "./graph-contenders.js";
import { type GraphItem, trainGraphNetwork } from "../../../train/graph-network.js";
import { onShare } from "./learning-curve.js";
import { ablationSection, contestCells, curveFigure, curveTable } from "./sections.js";
import { configurationFeatureNames, tableRow } from "./table-contenders.js";

/** MADE-UP networks and latencies under the names of networks and phones. */
const MODELS = Array.from({ length: 24 }, (_, i) => `${i % 2 === 0 ? "resnet" : "mobilenet"}${10 + i}`);
const PLACES = [
  ["pixel4", "1large"],
  ["pixel4", "1med"],
  ["mi8se", "1large"],
  ["onefusion", "1large"],
] as const;
const NETWORKS = new Map(MODELS.map((name, i) => [name, syntheticGraph(8 + i, 1 + (i % 3))]));
const ROWS = MODELS.flatMap((model, i) =>
  PLACES.map(([device, cores], place): PhoneRow => ({
    model,
    engine: "tflite",
    device,
    cores,
    precision: "float32",
    latencyUs: 1000 * (1 + i) * (1 + place),
    deviationUs: 1,
    flops: 1,
    parameterBytes: 1,
  })),
);
const SAMPLES = phoneSamples(ROWS, NETWORKS);

describe("turns", () => {
  it("test each network of a family once, and train on none of them", () => {
    const turns = TURNS.members(SAMPLES);
    expect(turns.flatMap(({ test }) => test)).toHaveLength(SAMPLES.length);
    for (const { known, test } of turns) {
      const tested = new Set(test.map(({ row }) => row.model));
      expect(known.filter(({ row }) => tested.has(row.model))).toEqual([]);
    }
  });

  it.each(["devices", "devices-chosen"] as const)("leave a phone out but for ten networks, which do not test (%s)", (what) => {
    for (const turn of TURNS[what](SAMPLES).filter(({ test }) => test.length > 0)) {
      const devices = new Set(turn.test.map(({ row }) => row.device));
      expect(turn.known.filter(({ row }) => devices.has(row.device))).toEqual([]);
      expect(new Set(turn.runs.map(({ row }) => row.model)).size).toBe(10);
      const trained = new Set(trainingOf(turn).map(({ row }) => row.model));
      expect(turn.test.filter(({ row }) => trained.has(row.model))).toEqual([]);
    }
  });
});

describe("networks that tell most of a new phone", () => {
  it("depend on known phones alone, and not on the order of their rows", () => {
    const known = SAMPLES.filter(({ row }) => row.device !== "pixel4");
    const ten = tellingNetworks(known, MODELS);
    expect(ten.size).toBe(10);
    expect([...tellingNetworks([...known].reverse(), [...MODELS].reverse())].sort()).toEqual([...ten].sort());
  });

  it("are of the models that may run", () => {
    const few = MODELS.slice(0, 12);
    for (const model of tellingNetworks(SAMPLES, few)) expect(few).toContain(model);
  });
});

describe("what is left out of the factors", () => {
  const [first] = SAMPLES;

  it("is the graph alone where surroundings are", () => {
    const [blind] = withoutSurroundings(SAMPLES);
    const own = (sample: PhoneSample | undefined, around: boolean): number[] =>
      [...(sample?.features.matrix ?? [])].filter((_, i) => i % FACTOR_SCHEMA.width >= FACTOR_SCHEMA.numeric.to === around);
    expect(own(first, true).some((value) => value !== 0)).toBe(true);
    expect(own(blind, true).every((value) => value === 0)).toBe(true);
    expect(own(blind, false)).toEqual(own(first, false));
  });

  it("is clusters, clocks and counts where cores are, not phone, engine and precision", () => {
    expect(Object.keys(withoutCores(SAMPLES)[0]?.configuration.features ?? {}).sort()).toEqual([
      "any",
      "device:pixel4",
      "device:pixel4/tflite/float32",
      "engine:tflite",
      "runtime:tflite/float32",
    ]);
    expect(withoutCores(SAMPLES).map(({ configuration }) => configuration.id)).toEqual(SAMPLES.map(({ configuration }) => configuration.id));
  });

  it("is which cores where all have one answer, which is learned from the geometric mean", () => {
    const pooled = pooledByGraph(withoutConfiguration(SAMPLES));
    expect(pooled).toHaveLength(MODELS.length * 3);
    expect(pooled[0]?.configuration.id).toBe("pixel4.tflite.float32");
    expect(pooled[0]?.latencyUs).toBeCloseTo(Math.sqrt(1000 * 2000), 6);
  });
});

describe("a table of networks and configurations", () => {
  it("has the network's totals, then the configuration", () => {
    const names = configurationFeatureNames(SAMPLES);
    const [one, other] = SAMPLES.slice(0, 2).map((sample) => tableRow(sample, names));
    expect(names).toContain("core:cortex-a76");
    expect(one?.slice(0, -names.length)).toEqual(other?.slice(0, -names.length));
    expect(one?.at(-names.length + names.indexOf("logGHz"))).not.toBe(other?.at(-names.length + names.indexOf("logGHz")));
  });
});

describe("a network over graphs", () => {
  let tf: Tf;
  beforeAll(async () => void ({ tf } = await initBackend()));

  it("learns latencies that follow from nodes, what stands beside and the output", { timeout: 60_000 }, async () => {
    const graphs = Array.from({ length: 16 }, (_, i) => syntheticGraph(8 + 2 * i, 1 + (i % 2)));
    const width = NODE_FEATURE_NAMES.length;
    const scaler = fitScaler(graphs.map(nodeFeatureMatrix), width);
    const items = graphs.map((graph, i): GraphItem => ({
      nodes: standardise(nodeFeatureMatrix(graph), scaler),
      adjacency: normalizedAdjacency(graph.adjacency),
      rows: [0, 1].flatMap((output) => [-1, 1].map((rest) => ({ rest: Float32Array.of(rest), output, logLatency: 5 + 0.05 * i + output + 0.5 * rest }))),
    }));
    const shape = { nodeWidth: width, restWidth: 1, outputs: 2, graphWidths: [16], hidden: [16] };
    const latencies = await trainGraphNetwork(tf, shape, items.filter((_, i) => i % 4 !== 1), items.filter((_, i) => i % 4 === 1), { seed: 1, epochs: 150 });
    const measured = items.filter((_, i) => i % 4 === 1).flatMap(({ rows }) => rows.map(({ logLatency }) => logLatency));
    const errors = latencies.map((us, i) => Math.abs(Math.log(us) - (measured[i] ?? NaN)));
    expect(errors).toHaveLength(16);
    expect(Math.max(...errors)).toBeLessThan(0.25);
  });
});

describe("contenders and ablations on made-up phones", () => {
  let tf: Tf;
  beforeAll(async () => void ({ tf } = await initBackend()));
  const [turn] = TURNS.members(SAMPLES);

  it.each([PAPER, GCN, ...ABLATIONS.slice(-1)])("$name: answers for every measurement, nearer than the mean network does", { timeout: 120_000 }, async (contender) => {
    const test = turn?.test ?? [];
    const latencies = turn === undefined ? null : await contender.predict(turn, { tf, log: () => undefined });
    expect(latencies).toHaveLength(test.length);
    const meanError = (us: (index: number) => number): number =>
      test.reduce((sum, { latencyUs }, i) => sum + Math.abs(Math.log(us(i) / latencyUs)), 0) / test.length;
    const typical = Math.exp((turn === undefined ? [] : trainingOf(turn)).reduce((sum, { latencyUs }, _, all) => sum + Math.log(latencyUs) / all.length, 0));
    expect(meanError((i) => latencies?.[i] ?? NaN)).toBeLessThan(meanError(() => typical));
  });

  it("predict all test networks from half of the training networks", { timeout: 120_000 }, async () => {
    if (turn === undefined) throw new Error("no turn");
    const results = await onShare(turn, 0.5, { tf, log: () => undefined });
    expect(results.map(({ name }) => name).slice(0, 3)).toEqual(["factors and sums, blended", "sums over operator kinds", "FLOPs and bytes"]);
    for (const { name, rows } of results) {
      if (rows === null) continue;
      expect(rows, name).toHaveLength(turn.test.length);
      expect(rows.every(({ predictedUs }) => predictedUs > 0), name).toBe(true);
    }
  });
});

describe("tables of contenders", () => {
  const heldOut = SAMPLES.slice(0, 4).map(({ row, configuration, latencyUs }): HeldOut => ({
    model: row.model,
    family: "resnet",
    configuration: configuration.id,
    device: row.device,
    engine: row.engine,
    precision: row.precision,
    fold: "1",
    measuredUs: latencyUs,
    factorsUs: latencyUs,
    baselines: { "FLOPs line": latencyUs, "FLOPs and bytes": latencyUs, "sums over operator kinds": 1.2 * latencyUs },
  }));
  const rows = heldOut.map((row): Contested => ({ ...row, predictedUs: 1.08 * row.measuredUs }));

  it("state errors on the rows of what ships, and refuse any others", () => {
    expect(contestCells({ name: "made up", rows }, heldOut)).toEqual(["8.00", "0.0", "100.0", "4"]);
    expect(contestCells({ name: "made up", rows: null }, heldOut)[0]).toBe("not run");
    expect(() => contestCells({ name: "made up", rows: rows.slice(1) }, heldOut)).toThrow(/made up was judged on other rows/);
    expect(() => contestCells({ name: "made up", rows: [...rows].reverse() }, heldOut)).toThrow(RangeError);
  });

  it("show what ships and the sums alone beside what lacks a part", () => {
    const [table] = ablationSection([{ title: "made up", shipped: heldOut, results: [{ name: "without c", rows }] }], "").tables;
    expect(table?.rows.map(([name, mape]) => [name, mape]).slice(1)).toEqual([
      ["factors", "0.00"],
      ["without z: no network over kernels, the sums alone", "20.00"],
      ["without c", "8.00"],
    ]);
  });

  it("draw errors over the number of training networks, and leave out what did not run", () => {
    const results = [{ name: "one", rows }, { name: "other", rows: null }];
    const points = [0.5, 1].map((share) => ({ share, networks: 60 * share, results }));
    const [panel] = curveFigure([{ title: "made up", points }]).panels;
    if (panel?.kind !== "xy") throw new Error("a figure without its panel");
    expect(panel.series.map(({ name }) => name)).toEqual(["one"]);
    expect(panel.series[0]?.points.map(({ x }) => x)).toEqual([30, 60]);
    expect(panel.series[0]?.points[0]?.y).toBeCloseTo(8, 6);
    expect(curveTable("made up", points).rows[0]).toEqual(["30 (50 %)", "8.00", "100.0", "not run", ""]);
  });
});
