import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { emptyCorpus } from "../../../test/helper/corpus.js";
import type { Corpus } from "../train/corpus.js";
import { partFiles } from "./part-files.js";

const SECTIONS = [{ title: "(a)", text: "some", tables: [{ head: ["rows"], rows: [["1"]] }] }];

it("gives back parts of what trains as it did, and of nothing else", () => {
  const root = mkdtempSync(join(tmpdir(), "part-files-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const of = (corpus: Corpus) => partFiles<"random" | "three">(join(root, "toy"), corpus, new Set(["three"]));
  const corpus = emptyCorpus({ profiled: false });
  expect(of(corpus).read("random")).toEqual([]);
  of(corpus).write("random", SECTIONS);
  expect(of(corpus).read("random")).toEqual(SECTIONS);
  expect(of(corpus).read("three")).toEqual([]);
  expect(of(emptyCorpus({ profiled: true })).read("random")).toEqual([]);
  expect(of(emptyCorpus({ profiled: false, rules: { ...corpus.rules, engine: "ncnn" } })).read("random")).toEqual([]);

  // Intervals made otherwise: the hash of what makes them is the last of the settings.
  of(corpus).write("three", SECTIONS);
  expect(of(corpus).read("three")).toEqual(SECTIONS);
  const file = join(root, "toy", "three.json");
  const kept = JSON.parse(readFileSync(file, "utf8")) as { readonly settings: string };
  const before = (JSON.parse(kept.settings) as unknown[]).with(-1, "otherwise");
  writeFileSync(file, JSON.stringify({ ...kept, settings: JSON.stringify(before) }));
  expect(of(corpus).read("three")).toEqual([]);
  expect(of(corpus).read("random")).toEqual(SECTIONS);
});
