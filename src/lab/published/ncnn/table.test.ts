import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { boardGroup, coreKind } from "./boards.js";
import { readNcnnTable } from "./table.js";

const folder = mkdtempSync(join(tmpdir(), "ncnn-"));
mkdirSync(join(folder, "ncnn"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows are made up. */
function written(...lines: string[]): void {
  const head = "device,loop_count,threads,powersave,gpu_device,model,min_ms,max_ms,avg_ms,run";
  writeFileSync(join(folder, "ncnn", "benchncnn.csv"), [head, ...lines, ""].join("\n"));
}

describe("readNcnnTable", () => {
  it("collects the networks of each run", () => {
    written('"Some Board, Chip (Cortex-A53 x 4)",8,4,0,-1,squeezenet,10.5,12,11,1', '"Some Board, Chip (Cortex-A53 x 4)",8,4,0,-1,vgg16,100,120,110,1', "Other,4,1,2,0,vgg16,20,30,25,2");
    const runs = readNcnnTable(folder);
    expect(runs.map(({ id, device, threads, powersave, gpuDevice }) => [id, device, threads, powersave, gpuDevice])).toEqual([
      ["1", "Some Board, Chip (Cortex-A53 x 4)", 4, 0, -1],
      ["2", "Other", 1, 2, 0],
    ]);
    expect([...(runs[0]?.latencyMs ?? [])]).toEqual([
      ["squeezenet", { min_ms: 10.5, avg_ms: 11 }],
      ["vgg16", { min_ms: 100, avg_ms: 110 }],
    ]);
  });

  it("says what is wrong with a row", () => {
    written("A,8,4,0,-1,vgg16,1,1,1,1", "A,8,4,0,-1,vgg16,1,1,1,1");
    expect(() => readNcnnTable(folder)).toThrow(/run 1 has vgg16 twice/);
    written("A,8,4,0,-1,vgg16,1,1,1,1", "B,8,4,0,-1,alexnet,1,1,1,1");
    expect(() => readNcnnTable(folder)).toThrow(/run 1 is of A and of B/);
    written("A,8,four,0,-1,vgg16,1,1,1,1");
    expect(() => readNcnnTable(folder)).toThrow(/threads is "four", not a whole number/);
    written("A,8,4,0,-1,vgg16,-1,1,1,1");
    expect(() => readNcnnTable(folder)).toThrow(/min_ms is "-1", not a number above 0/);
  });
});

describe("boards", () => {
  it("of one chip are one group, whatever they are called", () => {
    const group = (device: string): string => boardGroup({ device });
    expect(group("Rock3A, Rockchip RK3568 (Cortex-A55)")).toBe(group("OrangePicm4, Rockchip Rk3566 (Cortex-A55)"));
    expect(group("OrangePi4 LTS, Rockchip RK3399 (x)")).toBe(group("Rockchip RK3399 (y)"));
    expect(group("Raspberry Pi 4")).toBe("Raspberry Pi 4");
  });

  it.each([
    ["Some Board (Cortex-A53 1.2GHz x 4)", "little"],
    ["Phone (Cortex-A57 2.0GHz x 4 + Cortex-A53 1.55GHz x 4)", "other"],
    ["Rockchip RK3399 (Cortex-A72 1.8GHz x 2 + Cortex-A53 1.5GHz x 4)", "other"],
    ["Intel Celeron N5105", "x86"],
    ["Loongson 3A4000 (GS464V)", "loongson and sunway"],
  ])("%s has cores of the kind %s", (device, kind) => {
    expect(coreKind({ device, gpuDevice: -1, powersave: 0 })).toBe(kind);
    expect(coreKind({ device, gpuDevice: 0, powersave: 0 })).toBe("gpu");
  });

  it("with cores of both kinds are what ncnn was told to use", () => {
    const device = "Chip (Cortex-A72 1.8GHz x 2 + Cortex-A53 1.5GHz x 4)";
    expect([1, 2].map((powersave) => coreKind({ device, gpuDevice: -1, powersave }))).toEqual(["little", "other"]);
  });
});
