import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { syntheticArtifact } from "../../../test/helper/synthetic-target.js";
import { readArtifact, writeArtifact } from "../../model/artifact.js";
import { initBackend } from "../../model/backend.js";
import { type AdditiveManifest, parseAdditiveManifest } from "../../predict/manifest.js";
import { splitOf } from "../evaluate/splits.js";
import type { Residual } from "./calibrate.js";
import { FOLDS, type FoldCache } from "./cross-fit.js";
import { rewriteIntervalsFrom } from "./intervals.js";
import { seenOf } from "./seen-domain.js";

const FULL_STATE = "utilization+bandwidthGBs+runDelayRatio";

/** MADE-UP residuals of folds that were computed before: of each fold -0.10, -0.09 ... 0.10 idle, twice that under load; of families left out, three times that. */
const SIZES = Array.from({ length: 21 }, (_, i) => (i - 10) / 100);
const residualsOf = (times: number, score: number): Residual[] => SIZES.map((size, i) => ({ id: `net-${i}`, residual: times * size, score }));
const FOLDS_DONE: FoldCache = {
  find: (fold) => (fold.startsWith("families") ? new Map([["none", residualsOf(3, 0.5)]]) : new Map([["none", residualsOf(1, 0)], [FULL_STATE, residualsOf(2, 0)]])),
  keep: (_, residuals) => residuals,
};

const synthetic = syntheticCorpus("one");
const corpus = { ...synthetic, idle: synthetic.idle.map((example, i) => ({ ...example, family: `family-${i % 3}` })) };

describe("the intervals of an artifact, computed again (synthetic predictor and machines)", () => {
  const directory = mkdtempSync(join(tmpdir(), "tempograph-intervals-"));
  const messages: string[] = [];
  let before: { readonly tensors: Buffer; readonly manifest: AdditiveManifest };
  let after: typeof before;
  const read = async (): Promise<typeof before> => ({
    tensors: readFileSync(join(directory, "tensors.bin")),
    manifest: parseAdditiveManifest((await readArtifact(directory)).manifest),
  });

  beforeAll(async () => {
    const { head, params } = syntheticArtifact();
    await writeArtifact(directory, head, params);
    before = await read();
    const { tf } = await initBackend();
    const log = (message: string): void => void messages.push(message);
    await rewriteIntervalsFrom(tf, { directory, corpus, other: syntheticCorpus("other", 2), cache: FOLDS_DONE, log });
    after = await read();
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it("hold 90 % of the folds' residuals", () => {
    const { interval } = after.manifest.extra;
    const kept = SIZES.filter((size) => Math.abs(size) <= (interval.halfWidths["none"] ?? NaN)).length;
    expect(kept / SIZES.length).toBeGreaterThanOrEqual(0.9);
    expect(interval.halfWidths["none"]).toBeLessThanOrEqual(0.1);
    expect(interval.halfWidths[FULL_STATE]).toBeCloseTo(2 * (interval.halfWidths["none"] ?? NaN), 10);
    expect(interval.halfWidths).not.toEqual(before.manifest.extra.interval.halfWidths);
  });

  it("say how far a slowdown is off on another machine", () => {
    const { transferHalfWidths } = after.manifest.extra.interval;
    expect(before.manifest.extra.interval.transferHalfWidths).toBeUndefined();
    // One machine slows down by the square of the other's slowdown.
    expect(transferHalfWidths?.[FULL_STATE]).toBeGreaterThan(0.2);
    expect(messages.filter((message) => message.startsWith("slowdown of"))).toHaveLength(2);
  });

  it("leave the weights and everything else as it was", () => {
    const changed = { interval: null, domain: null, mixes: null, typicalKernel: null };
    expect(after.tensors.equals(before.tensors)).toBe(true);
    expect({ ...after.manifest.extra, ...changed }).toEqual({ ...before.manifest.extra, ...changed });
  });

  it("come with the kernels that the corpus has and its mixes of them, and a factor for others", () => {
    const { interval, domain, mixes } = after.manifest.extra;
    const split = splitOf(corpus);
    expect({ domain, mixes }).toEqual(seenOf(corpus, split));
    // 1 + 0.5 (f - 1) = 3, and half a step for rounding.
    expect(interval.outOfDistributionFactor).toBeCloseTo(5.5, 5);
  });

  it("come with the typical kernel's factors, of which the carried slowdown has as many as members times rank", () => {
    const { typicalKernel, model } = after.manifest.extra;
    expect(typicalKernel).toHaveLength((model.slowdownMembers ?? 1) * model.rank);
    expect(before.manifest.extra.typicalKernel).toBeUndefined();
  });

  it("take folds that were computed before as they are", () => {
    expect(messages.filter((message) => message.endsWith("as it was computed before"))).toHaveLength(FOLDS + 3);
  });
});
