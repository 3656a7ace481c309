import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { FakeAdb } from "../../../test/helper/fake-adb.js";
import { fakeAdb, readTranscript } from "../../../test/helper/fake-adb.js";
import { AdbDevice } from "../devices/adb.js";
import { BenchmarkProgram } from "../engines/android/benchmark-program.js";
import { COMMAND_LINES } from "../engines/android/command-lines.js";
import { BENCHMARK_PROGRAMS } from "../engines/android/index.js";
import type { EngineName } from "../engines/index.js";
import { ENGINE_NAMES } from "../engines/index.js";
import type { DeviceDescription } from "../devices/device-file.js";
import { DeviceSettings } from "../settings/device-settings.js";
import { SettingsJournal } from "../settings/journal.js";
import { buildVariant } from "../zoo/index.js";
import { benchmarkVisit } from "./benchmark-visit.js";
import type { CellRow } from "./plan-row.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-benchmark-"));
const model = buildVariant("mobilenetv2", 0);
const limits = { maxSpread: 1, maxDrift: 1, loadWindowMs: 100, loadCorrections: 0, maxTemperatureC: 75, maxCoolDownMs: 0 };
const protocol = { warmup: 3, runs: 30, settleMs: 0, windowMs: 500, cannotSet: "fail", ...limits } as const;
const DESCRIPTION: DeviceDescription = {
  name: "phone",
  reach: { by: "adb", serial: "4a9c81d7", programs: {} },
  clusters: [{ name: "big", cores: [7] }],
  engines: [...ENGINE_NAMES],
};
const IDLE = { name: "idle", utilization: 0, trafficGBs: 0 };

/** Thirty commands, each in processes of its own. */
vi.setConfig({ testTimeout: 120_000 });

let fake: FakeAdb;
beforeAll(() => {
  process.env["TEMPOGRAPH_CACHE"] = folder;
  for (const engine of ENGINE_NAMES) {
    mkdirSync(join(folder, "programs", engine), { recursive: true });
    writeFileSync(join(folder, "programs", engine, BENCHMARK_PROGRAMS[engine].program), `${engine}'s program, which only a phone could run`);
    mkdirSync(join(folder, `${engine}-model`));
    for (const file of COMMAND_LINES[engine].files) writeFileSync(join(folder, `${engine}-model`, file), "the model");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  const breaches = fake.breaches();
  fake.close();
  expect(breaches).toBe("");
});

/** One visit on a device that answers as a transcript says. */
async function visit(transcript: string, engine: EngineName, cores: readonly number[] = [7], frequencyMHz?: number): Promise<CellRow> {
  fake = fakeAdb(readTranscript(transcript, folder));
  const device = await AdbDevice.connect("phone", "4a9c81d7");
  const program = await BenchmarkProgram.push(device, engine, join(folder, "programs", engine));
  const { row, machine } = await benchmarkVisit(
    { model: "mobilenetv2-0", engine, placement: "big.1", state: "idle", repeat: 1 },
    {
      device,
      program,
      // Converting is tested where the converters are; here it is the conversation that counts.
      models: { get: () => Promise.resolve({ folder: join(folder, `${engine}-model`), conversion: null }) },
      protocol,
      model,
      placement: { name: "big.1", cores },
      state: frequencyMHz === undefined ? IDLE : { ...IDLE, frequencyMHz },
      settings: new DeviceSettings(device.asRoot(), SettingsJournal.of(DESCRIPTION, folder)),
      coolDown: null,
    },
  );
  if (row === null) throw new Error("skipped");
  expect(row.machine).toBe(machine?.id);
  return row;
}

describe("a visit by a benchmark program (against a written transcript: no phone was at hand)", () => {
  it.each<[EngineName, number, number | null]>([
    ["tflite", 33_412.6, 33_381],
    ["ncnn", 21_540, null],
    ["mnn", 24_613, null],
    ["mindspore", 25_310, null],
    ["onnxruntime", 30_125, 30_051.2],
  ])("of %s gives its program's summary and the state around it", async (engine, meanUs, medianUs) => {
    const row = await visit(`visit-${engine}`, engine);
    if (row.kind !== "summarised") throw new Error(JSON.stringify(row));
    expect(row.report).toMatchObject({ runs: 30, medianUs });
    expect(row.report.meanUs).toBeCloseTo(meanUs, 6);
    expect(row).toMatchObject({ engine, device: "phone", cores: [7], threads: 1, precision: COMMAND_LINES[engine].precision });
    expect(row.before.state).toMatchObject({ frequencyMHz: 2841.6, utilization: 0.08 });
    expect(row.after.raw.temperatures).toEqual({ "cpu-1-7-usr": 41.3, battery: 31 });
    expect(row.missing).toEqual(expect.arrayContaining(["runs", "energy", "bandwidth"]));
  });

  it("reads the counters and the battery where the system gives them", async () => {
    const row = await visit("visit-tflite", "tflite");
    if (row.kind !== "summarised") throw new Error(JSON.stringify(row));
    expect(row.before.state.counters).toMatchObject({ cpuCycles: 48_211_043, instructions: 61_020_511, l1dAccess: 21_003_118 });
    expect(row.before.raw.battery).toEqual({ currentUa: -312_500, voltageUv: 4_201_000, status: "Discharging" });
  });

  it("says nothing of counters and battery where the system keeps them to itself", async () => {
    const row = await visit("visit-ncnn", "ncnn");
    if (row.kind !== "summarised") throw new Error(JSON.stringify(row));
    expect(row.before.state.counters).toBeUndefined();
    expect(row.before.raw.battery).toBeNull();
  });

  it("keeps the program's last words where it dies", async () => {
    const row = await visit("visit-dies", "ncnn");
    expect(row).toMatchObject({ kind: "failed", stage: "run", error: expect.stringMatching(/libc\+\+_shared\.so.*exit code 1/s) as string });
  });

  it("leaves the cell open where the device goes away", async () => {
    await expect(visit("visit-unplugged", "ncnn")).rejects.toThrow(/phone is gone: .*not found/s);
  });

  it("holds a frequency as root, and puts the limits back", async () => {
    const row = await visit("visit-frequency", "ncnn", [7], 1804.8);
    expect(row).toMatchObject({ kind: "summarised", asked: { frequencyMHz: 1804.8 } });
  });

  it("records that the device cannot be brought to a clock: one that it has not, or without root", async () => {
    const unknown = await visit("visit-frequency-unknown", "ncnn", [7], 1500);
    expect(unknown).toMatchObject({ kind: "failed", stage: "set", error: expect.stringContaining("ask for one of 844.8, 1804.8, 2841.6") as string });
    expect(fake.breaches()).toBe("");
    fake.close();
    const locked = await visit("visit-frequency-locked", "ncnn", [7], 1804.8);
    expect(locked).toMatchObject({ kind: "failed", stage: "set", error: expect.stringMatching(/Permission denied: .*root alone/) as string });
  });
});
