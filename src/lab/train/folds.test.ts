import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { foldFiles } from "./fold-files.js";
import { foldsOf } from "./folds.js";

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

it("folds that were computed are found again by another run", () => {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-folds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const residuals = new Map([["none", [0.1, -0.2]]]);
  expect(foldFiles(join(folder, "new")).find(0)).toBeNull();
  foldFiles(join(folder, "new")).keep(0, residuals);
  expect(foldFiles(join(folder, "new")).find(0)).toEqual(residuals);
  expect(foldFiles(join(folder, "new")).find(1)).toBeNull();
});
