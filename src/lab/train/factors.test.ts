import { beforeAll, describe, expect, it } from "vitest";
import { FACTOR_SCHEMA, type FactorFeatures } from "../../features/factor-features.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { packFactors, unpackFactors } from "../../model/factors-artifact.js";
import { calibrateConfiguration } from "../../model/factors-calibration.js";
import { type Configuration, type FactorsModel, factorsPrefix, FactorsPredictor, onBase, ownName } from "../../model/factors.js";
import { createRandom } from "../../model/random.js";
import type { FactorSample } from "./factor-sample.js";
import { FACTORS_TRAINING, trainFactors } from "./factors.js";

/** Made-up graphs: kernels that compute and kernels that move, of random sizes. */
function graphOf(seed: number): FactorFeatures & { readonly macs: readonly number[]; readonly bytes: readonly number[] } {
  const random = createRandom(seed);
  const kernels = 4 + random.integer(8);
  const macs = Array.from({ length: kernels }, (_, i) => (i % 2 === 0 ? Math.exp(13 + 3 * random.uniform()) : 0));
  const bytes = Array.from({ length: kernels }, () => Math.exp(11 + 2 * random.uniform()));
  const matrix = new Float32Array(kernels * FACTOR_SCHEMA.width);
  const put = (row: number, name: string, value: number): void => {
    matrix[row * FACTOR_SCHEMA.width + FACTOR_SCHEMA.names.indexOf(name)] = value;
  };
  macs.forEach((count, row) => {
    put(row, count > 0 ? "class:conv" : "class:add", 1);
    put(row, "logMacs", Math.log1p(count));
    put(row, "logBytesOut", Math.log1p(bytes[row] ?? 0));
  });
  return { schema: FACTOR_SCHEMA, matrix, macs, bytes, logRoughUs: Float32Array.from(macs, (count, row) => Math.log(count / 4000 + (bytes[row] ?? 0) / 4000 + 3)) };
}

/** Devices of made-up speeds, MACs and bytes a microsecond. */
const DEVICES = [
  [2000, 3000],
  [4000, 3000],
  [8000, 3000],
  [2000, 1000],
  [8000, 8000],
  [3000, 1500],
] as const;
const NEW_DEVICE = [5000, 1800] as const;
type Device = readonly [macsPerUs: number, bytesPerUs: number];

const configurationOf = (index: number): Configuration => ({ id: `device${index}`, features: { any: 1, [`device:${index}`]: 1 } });

function latencyUs({ macs, bytes }: ReturnType<typeof graphOf>, [compute, memory]: Device): number {
  return 20 + macs.reduce((sum, count, i) => sum + count / compute + (bytes[i] ?? 0) / memory, 0);
}

const training = Array.from({ length: 60 }, (_, i) => graphOf(i));
const unseen = Array.from({ length: 15 }, (_, i) => graphOf(1000 + i));

function samplesOf(graphs: readonly ReturnType<typeof graphOf>[]): FactorSample[] {
  return graphs.flatMap((features, graph) =>
    DEVICES.map((device, index) => ({
      graphId: `graph${graph}`,
      family: "made up",
      features,
      configuration: configurationOf(index),
      latencyUs: latencyUs(features, device),
    })),
  );
}

const SMALL = { ...FACTORS_TRAINING, members: 2, rank: 4, hidden: [24], epochs: 60, batchSize: { graphs: 10 }, inputNoise: 0.02, learningRate: 5e-3 };
const meanError = (errors: readonly number[]): number => errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;

describe("factors", () => {
  let tf: Tf;
  let model: FactorsModel;
  let predictor: FactorsPredictor;
  beforeAll(async () => {
    ({ tf } = await initBackend("wasm"));
    model = await trainFactors(tf, samplesOf(training), SMALL);
    predictor = new FactorsPredictor(null, model);
  }, 120_000);

  it("predict graphs that were not trained on, on every device", () => {
    const errors = unseen.flatMap((graph) => {
      const embedding = predictor.embed(graph);
      return DEVICES.map((device, index) => {
        const { totalUs } = predictor.predict(embedding, predictor.vectors(`device${index}`) ?? []);
        return totalUs / latencyUs(graph, device) - 1;
      });
    });
    expect(meanError(errors)).toBeLessThan(0.08);
  });

  it("add up: kernels and constant make the total", () => {
    const [graph = graphOf(1)] = unseen;
    const latency = predictor.predict(predictor.embed(graph), predictor.vectors("device1") ?? []);
    const sum = latency.kernelUs.reduce((total, us) => total + us, latency.constantUs);
    expect(sum / latency.totalUs).toBeCloseTo(1, 4);
    expect(latency.kernelUs).toHaveLength(graph.macs.length);
  });

  it("answer for a device that was never seen, from ten runs on it", () => {
    const runs = training.slice(0, 10).map((graph) => ({ embedding: predictor.embed(graph), latencyUs: latencyUs(graph, NEW_DEVICE) }));
    const vectors = calibrateConfiguration(predictor, runs, DEVICES.map((_, index) => `device${index}`));
    const errors = unseen.map((graph) => predictor.predict(predictor.embed(graph), vectors).totalUs / latencyUs(graph, NEW_DEVICE) - 1);
    expect(meanError(errors)).toBeLessThan(0.1);
  });

  it("know no vectors of a configuration that was not trained on", () => {
    expect(predictor.vectors("__proto__")).toBeUndefined();
    expect(() => calibrateConfiguration(predictor, [], ["device1"])).toThrow(RangeError);
  });

  it("leave kernels of unknown cost out", () => {
    const graph = graphOf(7);
    const unknown = { ...graph, logRoughUs: graph.logRoughUs.map((log, row) => (row === 0 ? -Infinity : log)) };
    const { kernelUs, totalUs } = predictor.predict(predictor.embed(unknown), predictor.vectors("device1") ?? []);
    expect(kernelUs[0]).toBe(0);
    expect(Number.isFinite(totalUs)).toBe(true);
  });

  it("are the same after packing and unpacking, and are refused without a tensor", () => {
    const packed = packFactors(model);
    const again = new FactorsPredictor(null, unpackFactors({ ...packed, record: structuredClone(packed.record) }));
    const graph = graphOf(3);
    const of = (p: FactorsPredictor): number => p.predict(p.embed(graph), p.vectors("device2") ?? []).totalUs;
    expect(of(again)).toBe(of(predictor));
    const params = new Map([...packed.params].filter(([name]) => name !== ownName(1)));
    expect(() => unpackFactors({ ...packed, params })).toThrow(/member1\.own/);
  });

  it("are relative to latencies of each configuration, where samples tell them", async () => {
    const baseOf = ({ macs, bytes }: ReturnType<typeof graphOf>, [compute, memory]: Device): Float32Array =>
      Float32Array.from(macs, (count, i) => Math.log(count / compute + (bytes[i] ?? 0) / memory));
    const based = samplesOf(training).map((sample, i) => {
      const [graph, device] = [training[Math.floor(i / DEVICES.length)] ?? graphOf(0), DEVICES[i % DEVICES.length] ?? NEW_DEVICE];
      return { ...sample, logBaseUs: baseOf(graph, device) };
    });
    const few = await trainFactors(tf, based, { ...SMALL, members: 1, epochs: 10, weightPenalty: 1e-3, scaleFlags: false });
    const onOwn = new FactorsPredictor(null, few);
    const errors = unseen.flatMap((graph) =>
      DEVICES.map((device, index) => {
        const embedding = onBase(onOwn.embed(graph), graph.logRoughUs, baseOf(graph, device));
        return onOwn.predict(embedding, onOwn.vectors(`device${index}`) ?? []).totalUs / latencyUs(graph, device) - 1;
      }),
    );
    expect(meanError(errors)).toBeLessThan(0.03);
  });

  it("keep small weights where large ones are penalised", async () => {
    const few = samplesOf(training.slice(0, 10));
    const sizeOf = async (weightPenalty: number): Promise<number> => {
      const { params } = await trainFactors(tf, few, { ...SMALL, members: 1, epochs: 10, weightPenalty });
      const layers = [...params].filter(([name, { shape }]) => name.startsWith(factorsPrefix(0)) && shape.length === 2);
      return layers.reduce((sum, [, { data }]) => sum + data.reduce((squares, x) => squares + x * x, 0), 0);
    };
    expect(await sizeOf(0.1)).toBeLessThan(0.8 * (await sizeOf(0)));
  });

  it("know kernels apart from few graphs, where profiles time them", async () => {
    // What kernels that compute take together is timed: all others only move.
    const [device] = DEVICES;
    const computing = ({ macs }: ReturnType<typeof graphOf>): number[] => [...macs.keys()].filter((row) => (macs[row] ?? 0) > 0);
    const partUs = (graph: ReturnType<typeof graphOf>): number =>
      computing(graph).reduce((sum, row) => sum + (graph.macs[row] ?? 0) / device[0] + (graph.bytes[row] ?? 0) / device[1], 0);
    const few = training.slice(0, 20).map((graph, i): FactorSample => ({
      graphId: `graph${i}`,
      family: "made up",
      features: graph,
      configuration: configurationOf(0),
      latencyUs: latencyUs(graph, device),
      parts: [{ kernels: computing(graph), latencyUs: partUs(graph) }],
    }));
    const errorOfParts = async (partWeight: number): Promise<number> => {
      const own = new FactorsPredictor(null, await trainFactors(tf, few, { ...SMALL, members: 1, partWeight }));
      return meanError(
        unseen.map((graph) => {
          const { kernelUs } = own.predict(own.embed(graph), own.vectors("device0") ?? []);
          return computing(graph).reduce((sum, row) => sum + (kernelUs[row] ?? 0), 0) / partUs(graph) - 1;
        }),
      );
    };
    expect(await errorOfParts(1)).toBeLessThan(0.6 * (await errorOfParts(0)));
  });

  it("learn the same from the same samples and seed", async () => {
    const few = samplesOf(training.slice(0, 10));
    const options = { ...SMALL, members: 1, epochs: 2 };
    const [one, two] = [await trainFactors(tf, few, options), await trainFactors(tf, few, options)];
    expect([...one.params].map(([, { data }]) => data)).toEqual([...two.params].map(([, { data }]) => data));
  });
});
