import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { syntheticCorpus } from "../../../test/helper/corpus.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { splitOf } from "../evaluate/splits.js";
import type { Corpus } from "./corpus.js";
import { keptFolds } from "./kept-folds.js";
import { ADDITIVE_METHOD, ENGINE_METHOD, type Method } from "./method.js";

const CORPUS = syntheticCorpus("toy");
const SPLIT = splitOf(CORPUS);
const RESIDUALS = new Map([["none", [{ id: "net", residual: 0.1, score: 0.5 }]]]);

let tf: Tf;
beforeAll(async () => void ({ tf } = await initBackend()));

it("keeps folds for the same rows, split, method and seed, and for no others", () => {
  const root = mkdtempSync(join(tmpdir(), "kept-folds-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const find = (corpus: Corpus, split = SPLIT, seed = 1, method: Method = ADDITIVE_METHOD) => keptFolds(tf, corpus, split, method, seed, root).find("fold-0");
  keptFolds(tf, CORPUS, SPLIT, ADDITIVE_METHOD, 1, root).keep("fold-0", RESIDUALS);
  expect(find(syntheticCorpus("toy"))).toEqual(RESIDUALS);
  expect(find(CORPUS, { ...SPLIT, training: new Set([...SPLIT.training].slice(1)) })).toBeNull();
  expect(find(CORPUS, SPLIT, 2)).toBeNull();
  expect(find(CORPUS, SPLIT, 1, ENGINE_METHOD)).toBeNull();
  const [first, ...others] = CORPUS.idle;
  expect(find({ ...CORPUS, idle: first === undefined ? [] : [{ ...first, latencyUs: first.latencyUs + 1 }, ...others] })).toBeNull();
  expect(find({ ...CORPUS, borrowed: CORPUS.loaded })).toBeNull();
});
