import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { foldFiles } from "./fold-files.js";
import { familyFoldsOf, foldsOf } from "./folds.js";

const MODELS = Array.from({ length: 43 }, (_, i) => `net-${i}`);
const STATES = Array.from({ length: 11 }, (_, i) => `state-${i}`);
const FOLDS = foldsOf(MODELS, STATES, 5);

describe("folds", () => {
  it("hold every model and every state out once", () => {
    expect(FOLDS.flatMap(({ split }) => [...split.test]).sort()).toEqual([...MODELS].sort());
    expect(FOLDS.flatMap(({ states }) => [...states]).sort()).toEqual([...STATES].sort());
  });

  it("train and validate on all other models", () => {
    for (const { split } of FOLDS) {
      const parts = [split.training, split.validation, split.test];
      expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(MODELS.length);
      expect(new Set(parts.flatMap((part) => [...part])).size).toBe(MODELS.length);
      expect(split.validation.size).toBe(Math.round((MODELS.length - split.test.size) / 7));
    }
  });

  it("depend on the names alone, not on their order or how often they occur", () => {
    expect(foldsOf([...MODELS, ...MODELS].reverse(), STATES, 5)).toEqual(FOLDS);
  });
});

describe("folds of families", () => {
  const models = MODELS.map((id, i) => ({ id, family: `family-${i % 7}` }));
  const folds = familyFoldsOf(models, 5);

  it("hold every family out once, with all of its models", () => {
    expect(folds.flatMap(({ test }) => [...test]).sort()).toEqual([...MODELS].sort());
    for (const { training, validation, test } of folds) {
      const left = new Set(models.filter(({ id }) => test.has(id)).map(({ family }) => family));
      expect(models.filter(({ family }) => left.has(family)).every(({ id }) => test.has(id))).toBe(true);
      expect(training.size + validation.size + test.size).toBe(MODELS.length);
    }
  });

  it("are as many as there are families where these are few, and none where there is one", () => {
    expect(familyFoldsOf(models.filter(({ family }) => family < "family-3"), 5)).toHaveLength(3);
    expect(familyFoldsOf(models.filter(({ family }) => family === "family-0"), 5)).toEqual([]);
  });
});

it("folds that were computed are found again by another run", () => {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-folds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const residuals = new Map([["none", [{ id: "net", residual: 0.1, score: 0.5 }]]]);
  expect(foldFiles(join(folder, "new")).find("fold-0")).toBeNull();
  foldFiles(join(folder, "new")).keep("fold-0", residuals);
  expect(foldFiles(join(folder, "new")).find("fold-0")).toEqual(residuals);
  expect(foldFiles(join(folder, "new")).find("families-0")).toBeNull();
});
