import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packRow, roundUs, unpackRow } from "./compact.js";
import { readRows } from "./lines.js";
import { packFile } from "./pack.js";
import type { Row } from "./row.js";
import { sampleFailure, sampleIdle, sampleLoaded } from "./row-samples.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-pack-"));
afterAll(() => rmSync(folder, { recursive: true }));

const KERNELS = [
  { op: "Conv", domain: "com.microsoft.nchwc", key: "n1", inputs: ["x"], medianUs: 124.5, meanUs: 133.8 },
  { op: "Add", domain: "", key: "n2", inputs: ["n1", "n0"], medianUs: 7, meanUs: 7.35 },
  { op: "Constant", domain: null, key: null, inputs: [], medianUs: 0, meanUs: 0.05 },
];
const ROWS: readonly Row[] = [
  sampleIdle({ kernels: KERNELS }),
  sampleIdle({ round: 2, runDelayNs: null, probeBefore: null }),
  sampleLoaded(),
  sampleFailure(),
];

async function rowsOf(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(path)) rows.push(row);
  return rows;
}

describe("packing", () => {
  it("rounds runs to 0.1 µs below 100 µs and to 1 µs above", () => {
    expect([3.141, 99.96, 100.4, 12_345.6].map(roundUs)).toEqual([3.1, 100, 100, 12_346]);
  });

  it("yields the same rows again, in the packed form's resolution", () => {
    for (const row of ROWS) expect(unpackRow(JSON.parse(JSON.stringify(packRow(row))))).toEqual(row);
  });

  it("writes a file that reads back like the raw one", async () => {
    const raw = join(folder, "idle.jsonl");
    writeFileSync(raw, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const bytes = await packFile(raw, `${raw}.gz`);
    expect(bytes).toBeGreaterThan(0);
    expect(await rowsOf(raw)).toEqual(ROWS);
    expect(await rowsOf(`${raw}.gz`)).toEqual(ROWS);
  });

  it("can be packed again without harm", async () => {
    const again = join(folder, "again.jsonl.gz");
    await packFile(join(folder, "idle.jsonl.gz"), again);
    expect(await rowsOf(again)).toEqual(ROWS);
  });
});

describe("reading rows", () => {
  it("names the line that is not JSON", async () => {
    const path = join(folder, "broken.jsonl");
    writeFileSync(path, `${JSON.stringify(ROWS[0])}\n{"kind":`);
    await expect(rowsOf(path)).rejects.toThrow(/line 2/);
  });

  it("fails for a file that is not there, compressed or not", async () => {
    await expect(rowsOf(join(folder, "none.jsonl"))).rejects.toThrow(/ENOENT/);
    await expect(rowsOf(join(folder, "none.jsonl.gz"))).rejects.toThrow(/ENOENT/);
  });
});
