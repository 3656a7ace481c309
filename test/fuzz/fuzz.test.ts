import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/model/random.js";
import { readOnnx } from "../../src/onnx/reader.js";
import { syntheticTarget } from "../helper/synthetic-target.js";
import { loadCorpus } from "./corpus.js";
import { examine } from "./examine.js";
import { allMessages, parseFields, writeFields } from "./field-tree.js";
import { InputSource } from "./inputs.js";
import { minimise } from "./minimise.js";
import { fuzz } from "./run.js";

const SECONDS = 60;
const corpus = loadCorpus(join(import.meta.dirname, "../.."));
const target = syntheticTarget();

describe("the fuzzer", () => {
  it("makes an input from its seed and number alone", () => {
    const [source, again, other] = [new InputSource(corpus, 7), new InputSource(corpus, 7), new InputSource(corpus, 8)];
    const later = Array.from({ length: 300 }, (_, i) => source.at(i + 100).bytes);
    expect(again.at(399).bytes).toEqual(later[299]);
    expect(other.at(399).bytes).not.toEqual(later[299]);
  });

  it("takes files apart and puts them together as they were", () => {
    for (const bytes of corpus.small.slice(0, 500)) {
      const rebuilt = readOnnx(writeFields(parseFields(bytes, "model")));
      expect(rebuilt).toEqual({ ...readOnnx(bytes), fileBytes: rebuilt.fileBytes });
    }
  });

  it("tells an exception from an answer", () => {
    const broken = syntheticTarget();
    broken.embed = () => {
      throw new TypeError("broken");
    };
    const found = fuzz(new InputSource(corpus, 1), broken, { from: 0, inputs: 1500, seconds: SECONDS }, () => undefined);
    expect(found.findings.map(({ breach }) => breach.rule)).toContain("exception");
  });

  it("makes what it found small", () => {
    const holdsRelu = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes("Relu");
    const file = corpus.large.find(holdsRelu) ?? new Uint8Array();
    expect(file.length).toBeGreaterThan(4096);
    const small = minimise(file, holdsRelu);
    expect(Buffer.from(small).toString("latin1")).toContain("Relu");
    expect(small.length).toBeLessThan(file.length / 4);
    expect(allMessages(parseFields(small, "model")).length).toBeLessThan(allMessages(parseFields(file, "model")).length);
  });
});

it("finds nothing in a minute: every input is answered in time, or refused by a ModelError that says why", { timeout: 3 * SECONDS * 1000 }, () => {
  const report = fuzz(new InputSource(corpus, 1), target, { from: 0, inputs: Infinity, seconds: SECONDS }, () => undefined);
  expect(report.findings.map(({ index, breach }) => `${index}: ${breach.rule}: ${breach.detail}`)).toEqual([]);
  expect(report.inputs).toBeGreaterThan(1000);
  for (const outcome of ["features", "malformed", "truncated", "invalid-graph", "limit-exceeded"]) {
    expect(report.outcomes.get(outcome), outcome).toBeGreaterThan(0);
  }
});

it("examines nothing at all as an empty file", () => {
  expect(examine(new Uint8Array(), createRandom(1), target)).toMatchObject({ outcome: "empty", breach: null });
});
