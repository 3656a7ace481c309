import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { withoutGraph } from "../evaluate/comparison/ablations.js";
import { splitOf } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { ENGINE_TRAINING, trainEngineFactors } from "./engine.js";
import { keptFactors } from "./kept-factors.js";

const CORPUS = syntheticCorpus("toy");
const SPLIT = splitOf(CORPUS);

let tf: Tf;
beforeAll(async () => void ({ tf } = await initBackend()));

it("gives factors that were trained from the same, and trains for others", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-factors-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const train = async (corpus: Corpus, changes: object = {}, split = SPLIT) => {
    const messages: string[] = [];
    const options = { ...ENGINE_TRAINING, members: 1, epochs: 1, onProgress: (message: string) => void messages.push(message), keep: keptFactors(tf, folder), ...changes };
    const { factors } = await trainEngineFactors(tf, corpus, split, options);
    return { factors, trained: messages.length > 0 };
  };
  const first = await train(CORPUS);
  expect(first.trained).toBe(true);
  expect(await train(syntheticCorpus("toy"))).toEqual({ factors: first.factors, trained: false });
  const [one, ...others] = CORPUS.idle;
  const measured = (latencyUs: number): Corpus => ({ ...CORPUS, idle: one === undefined ? [] : [{ ...one, latencyUs }, ...others] });
  const everywhere = { ...SPLIT, training: new Set(CORPUS.idle.map(({ id }) => id)) };
  expect((await train(CORPUS, { seed: 2 })).trained).toBe(true);
  expect((await train(CORPUS, { weightPenalty: 1 })).trained).toBe(true);
  expect((await train(withoutGraph(CORPUS))).trained).toBe(true);
  expect((await train(measured(1), {}, everywhere)).trained).toBe(true);
  expect((await train(measured(1), {}, everywhere)).trained).toBe(false);
  expect((await train(measured(2), {}, everywhere)).trained).toBe(true);
});
