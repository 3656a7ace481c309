import { beforeAll, describe, expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { SYNTHETIC_IDLE, syntheticFeatures, syntheticUs } from "../../../test/helper/synthetic.js";
import { BLOCKED_SCHEMA, ENGINE_SCHEMA } from "../../features/factor-features.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { EnginePredictor, IdleEnginePredictor, NETWORK } from "../../model/engine.js";
import { packEngine, unpackEngine } from "../../model/engine-artifact.js";
import { FactorsPredictor } from "../../model/factors.js";
import { ArtifactError } from "../../model/manifest.js";
import type { Split } from "../evaluate/splits.js";
import { ENGINE_TRAINING, trainEngine, trainEngineFactors, trainingOf } from "./engine.js";
import type { IdleExample, SweepExample } from "./examples.js";

/** What every run of a made-up sweep model takes beside its kernels, which networks do not. */
const ALONE_US = 40;
const SWEEP: readonly SweepExample[] = [8, 12, 16, 24, 32, 48].map((width) => {
  const features = syntheticFeatures(width, 1);
  return { id: `sweep-${width}`, features, latencyUs: syntheticUs(features) + ALONE_US };
});
const CORPUS = syntheticCorpus("made up", 1, { sweep: SWEEP, profiled: false });
const HELD = new Set(["net-24-1", "net-40-2"]);
const SPLIT: Split = {
  test: HELD,
  validation: new Set(),
  training: new Set(CORPUS.idle.map(({ id }) => id).filter((id) => !HELD.has(id))),
};
const SMALL = { ...ENGINE_TRAINING, members: 2, hidden: [16], epochs: 60, batchSize: { graphs: 4 }, scaleFlags: true };

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

describe("factors of an engine", () => {
  it("predict networks that never trained, and do not pass on what only models of the sweep pay", async () => {
    const model = await trainEngineFactors(tf, CORPUS, SPLIT, SMALL);
    const predictor = new IdleEnginePredictor(null, model);
    for (const { id, features, latencyUs } of CORPUS.idle.filter((example) => HELD.has(example.id))) {
      const { idleUs, overheadUs, joined } = predictor.embed(features);
      const total = idleUs.reduce((sum, us) => sum + us, overheadUs);
      expect(Math.abs(Math.log(total / latencyUs)), id).toBeLessThan(0.15);
      expect(joined).toHaveLength(features.facts.length * predictor.joinedWidth);
    }
    const factors = new FactorsPredictor(null, model.factors);
    const [first] = SWEEP;
    if (first === undefined) throw new Error("no sweep");
    const embedding = factors.embedInputs(predictor.embed(first.features).joined, new Float32Array(first.features.facts.length));
    const [alone, among] = ["alone", NETWORK].map((id) => factors.predict(embedding, factors.vectors(id) ?? []).totalUs);
    expect(alone).toBeGreaterThan(among ?? Infinity);
  });

  it("learn what kernels take from a profile that names them", async () => {
    const options = { ...SMALL, members: 1, epochs: 30, schema: BLOCKED_SCHEMA };
    /** MADE-UP: the second half of each network's kernels takes nine tenths of its latency. */
    const idle = CORPUS.idle.map((example) => ({
      ...example,
      kernelUs: Float32Array.from(example.features.facts, (_, row) => (2 * row >= example.features.facts.length ? 9 : 1)),
    }));
    const share = async (from: readonly IdleExample[]): Promise<number> => {
      const predictor = new IdleEnginePredictor(null, await trainEngineFactors(tf, { ...CORPUS, idle: from }, SPLIT, options));
      const { idleUs } = predictor.embed(syntheticFeatures(24, 1));
      const half = Math.ceil(idleUs.length / 2);
      return idleUs.slice(half).reduce((sum, us) => sum + us, 0) / idleUs.reduce((sum, us) => sum + us, 0);
    };
    expect(await share(idle)).toBeGreaterThan(1.1 * (await share(idle.map((example) => ({ ...example, kernelUs: null, parts: [] })))));
  });

  it("start from costs of the sweep, but for an engine that does worse from them", async () => {
    const costsFor = async (engine: "mindspore" | "ncnn"): Promise<object | null> => {
      const corpus = { ...CORPUS, rules: { ...CORPUS.rules, engine } };
      return (await trainEngineFactors(tf, corpus, SPLIT, { ...trainingOf(corpus, SMALL), members: 1, epochs: 1 })).costs;
    };
    expect(await costsFor("mindspore")).toMatchObject({ byClass: { conv: expect.any(Array) as unknown } });
    expect(await costsFor("ncnn")).toBeNull();
  });

  it("are the same for the same seed", async () => {
    const options = { ...SMALL, members: 1, epochs: 2 };
    const [one, two] = [await trainEngineFactors(tf, CORPUS, SPLIT, options), await trainEngineFactors(tf, CORPUS, SPLIT, options)];
    expect([...one.factors.params]).toEqual([...two.factors.params]);
  });
});

describe("the predictor of an engine", () => {
  it("slows down with the load, and comes back from an artifact as it was", async () => {
    const model = await trainEngine(tf, CORPUS, SPLIT, { ...SMALL, members: 1, epochs: 20, seed: 1 });
    const packed = packEngine(model);
    const record: unknown = JSON.parse(JSON.stringify(packed.record));
    const [before, after] = [model, unpackEngine({ params: packed.params, record: record as typeof packed.record }, ENGINE_SCHEMA)].map(
      (each) => new EnginePredictor(null, each),
    );
    if (before === undefined || after === undefined) throw new Error("no predictor");
    const features = syntheticFeatures(24, 1);
    const at = (predictor: EnginePredictor, utilization: number): number =>
      predictor.predict(predictor.embed(features), { ...SYNTHETIC_IDLE, utilization }).totalUs;
    expect(at(before, 0.8)).toBeGreaterThan(1.3 * at(before, 0));
    expect(at(after, 0.8)).toBeCloseTo(at(before, 0.8), 3);
    const params = new Map([...packed.params].filter(([name]) => name !== "idleState"));
    expect(() => unpackEngine({ ...packed, params }, ENGINE_SCHEMA)).toThrow(ArtifactError);
    const factors = { ...packed.record.factors, configurations: [{ id: "other", features: {} }, { id: "alone", features: {} }] };
    expect(() => unpackEngine({ ...packed, record: { ...packed.record, factors } }, ENGINE_SCHEMA)).toThrow(/no configuration "network"/);
  });
});
