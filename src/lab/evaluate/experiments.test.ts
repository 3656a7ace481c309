import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { syntheticKernelExamples } from "../../../test/helper/synthetic-rows.js";
import { initBackend } from "../../model/backend.js";
import { KERNEL_TRAINING, trainKernelLatency } from "../train/kernel-latency.js";
import { type Bench, idlePairs, trainIdleOnly } from "./experiments.js";
import { KeptModels } from "./kept-models.js";
import { splitOf } from "./splits.js";

it("takes the paper's model of an earlier run where that is asked for, and predicts as it did", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-papers-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { tf } = await initBackend();
  const corpus = syntheticCorpus("toy", 1, { profiled: false });
  const split = splitOf(corpus);
  const kernelLatency = await trainKernelLatency(tf, syntheticKernelExamples(corpus.idle), [], { ...KERNEL_TRAINING, members: 1, epochs: 1 });
  const run = async (reuse: boolean) => {
    const trained: string[] = [];
    const bench: Bench = { tf, corpus, kernelLatency, seed: 1, log: (message) => trained.push(message), keptPapers: new KeptModels(folder, reuse) };
    const { papers } = await trainIdleOnly(bench, split);
    return { trained: trained.filter((message) => message.startsWith("paper")).length, pairs: papers.map(({ predictor }) => idlePairs(predictor, corpus.idle)) };
  };
  const first = await run(false);
  expect(first.trained).toBe(1);
  expect(await run(true)).toEqual({ trained: 0, pairs: first.pairs });
  expect((await run(false)).trained).toBe(1);
});
