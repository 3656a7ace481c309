import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { place } from "../dataset/row.js";
import { sampleFailure, sampleIdle, sampleLoaded } from "../dataset/row-samples.js";
import { Journal } from "./journal.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("Journal", () => {
  it("knows the places of its rows after it was closed and opened again", () => {
    const path = join(folder, "resume.jsonl");
    const first = Journal.open(path);
    first.append(sampleIdle({ id: "resnet-7", round: 2 }));
    first.append(sampleLoaded({ id: "resnet-7", round: 2 }));
    first.close();
    const second = Journal.open(path);
    expect(second.has(place("resnet-7", 2))).toBe(true);
    expect(second.has(place("resnet-7", 2, "u50t0"))).toBe(true);
    expect(second.has(place("resnet-7", 1))).toBe(false);
    expect(second.existing).toHaveLength(2);
    second.close();
  });

  it("counts a failure as done, so that it is not tried again", () => {
    const journal = Journal.open(join(folder, "failed.jsonl"));
    journal.append(sampleFailure({ id: "vgg-3", round: 1 }));
    expect(journal.has(place("vgg-3", 1))).toBe(true);
    journal.close();
  });

  it("cuts off a torn last line and goes on after the last whole one", () => {
    const path = join(folder, "torn.jsonl");
    writeFileSync(path, `${JSON.stringify(sampleIdle({ id: "a" }))}\n`);
    appendFileSync(path, JSON.stringify(sampleIdle({ id: "b" })).slice(0, 40));
    const journal = Journal.open(path);
    expect(journal.has(place("b", 1))).toBe(false);
    journal.append(sampleIdle({ id: "c" }));
    journal.close();
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["a", "c"]);
  });

  it("refuses a file that is broken in the middle", () => {
    const path = join(folder, "broken.jsonl");
    writeFileSync(path, `nonsense\n${JSON.stringify(sampleIdle())}\n`);
    expect(() => Journal.open(path)).toThrow(/line 1/);
  });
});
