import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PublishedDataError } from "../csv.js";
import { readNasTable } from "./table.js";

const folder = mkdtempSync(join(tmpdir(), "nas-"));
mkdirSync(join(folder, "nas"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = "arch,pixel3_ms,pixel2_ms,samsung_a50_ms,silver_4114_ms,gold_6226_ms";
const CELL = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|";
const FBNET = "8 2 1 5 1 8 4 6 6 2 5 2 5 1 2 5 2 8 2 3 5 0";

/** Latencies are made up. */
function written(space: "nasbench201" | "fbnet", ...lines: string[]): void {
  writeFileSync(join(folder, "nas", `${space}.csv`), [HEAD, ...lines, ""].join("\n"));
}

describe("readNasTable", () => {
  it("reads architectures by the names that the zoo has for them", () => {
    written("nasbench201", `${CELL},1.5,2,3,4.5,5.5`);
    expect(readNasTable(folder, "nasbench201")).toEqual([
      {
        architecture: { space: "nasbench201", text: CELL, zooId: "nasbench201-0", choices: [4, 2, 1, 2, 1, 1] },
        latencyMs: { pixel3: 1.5, pixel2: 2, samsung_a50: 3, silver_4114: 4.5, gold_6226: 5.5 },
      },
    ]);
    written("fbnet", `${FBNET},1.5,2,3,4.5,5.5`);
    expect(readNasTable(folder, "fbnet")[0]?.architecture.zooId).toBe("fbnet-8215184662525125282350");
  });

  it("names file and line of what it cannot read", () => {
    written("fbnet", `${FBNET},1,2,3,4,5`, "9 9,1,2,3,4,5");
    expect(() => readNasTable(folder, "fbnet")).toThrow(/fbnet\.csv, line 3: "9 9" is not 22 digits/);
    written("fbnet", `${FBNET},1,2,3,4,5`, `${FBNET},1,2,3,4,5`);
    expect(() => readNasTable(folder, "fbnet")).toThrow(/line 3: .* is there twice/);
    written("fbnet", `${FBNET},1,0,3,4,5`);
    expect(() => readNasTable(folder, "fbnet")).toThrow(/pixel2_ms is "0", not a number above 0/);
    written("nasbench201", `${FBNET},1,2,3,4,5`);
    expect(() => readNasTable(folder, "nasbench201")).toThrow(/is no architecture of NAS-Bench-201/);
    expect(() => readNasTable(join(folder, "nowhere"), "fbnet")).toThrow(PublishedDataError);
  });
});
