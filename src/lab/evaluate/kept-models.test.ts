import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { KeptModels } from "./kept-models.js";

const model = (value: number) => ({ params: new Map([["weight", { shape: [1], data: Float32Array.of(value) }]]) });

it("gives back what was trained from the same, where that is asked for, and keeps what is trained anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-models-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const of = (reuse: boolean, key: unknown, value: number) => new KeptModels<ReturnType<typeof model>>(join(folder, "new"), reuse).model(key, () => Promise.resolve(model(value)));
  expect(await of(true, [1, "a"], 1)).toEqual(model(1));
  expect(await of(true, [1, "a"], 2)).toEqual(model(1));
  expect(await of(true, [2, "a"], 2)).toEqual(model(2));
  expect(await of(false, [1, "a"], 3)).toEqual(model(3));
  expect(await of(true, [1, "a"], 4)).toEqual(model(3));
});

it("keeps nothing of a training that fails", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-models-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kept = new KeptModels<number>(folder, true);
  await expect(kept.model("key", () => Promise.reject(new Error("diverged")))).rejects.toThrow("diverged");
  expect(await kept.model("key", () => Promise.resolve(5))).toBe(5);
});
