import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { boardSysfs, readTree, writeTree } from "../../../test/helper/board-sysfs.js";
import { thisMachine } from "../devices/device-file.js";
import type { Device } from "../devices/device.js";
import { DeviceUnreachable } from "../devices/device.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { withSysfs } from "../devices/with-sysfs.js";
import { SettingsError } from "../settings-file.js";
import { CannotSet } from "./cpufreq.js";
import { DeviceSettings } from "./device-settings.js";
import { SettingsJournal } from "./journal.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-settings-"));
afterAll(() => {
  Reflect.deleteProperty(process.env, "TEMPOGRAPH_CACHE");
  rmSync(folder, { recursive: true });
});

const CPUFREQ = "devices/system/cpu/cpu0/cpufreq";
let sysfs = "";
let board: Device = LOCAL_DEVICE;
let journal = SettingsJournal.of(thisMachine(), ".");
let settings = new DeviceSettings(board, journal);
let number = 0;

beforeEach(() => {
  number += 1;
  const own = join(folder, String(number));
  process.env["TEMPOGRAPH_CACHE"] = join(own, "cache");
  sysfs = join(own, "sys");
  writeTree(sysfs, boardSysfs([0, 1]));
  board = withSysfs(LOCAL_DEVICE, sysfs);
  journal = SettingsJournal.of({ ...thisMachine(), sysfs }, ".");
  settings = new DeviceSettings(board, journal);
});

const held = (name: string) => readFileSync(join(sysfs, CPUFREQ, name), "utf8").trim();
const put = (name: string, text: string) => writeFileSync(join(sysfs, CPUFREQ, name), text);

/** A run that was killed after it had set the clock: what it leaves, told by a process id that is not taken. */
async function leaveChanged(pid: number): Promise<void> {
  await settings.setClock([0], { frequencyMHz: 1200, governor: "performance" });
  const file = JSON.parse(readFileSync(journal.path, "utf8")) as object;
  writeFileSync(journal.path, JSON.stringify({ ...file, pid }));
}
const NO_PROCESS = 2 ** 22 + 1;

describe("the clock of a board (a tree of files stands for its cpufreq)", () => {
  it("is held at the asked frequency by its two limits, under the asked governor", async () => {
    await settings.setClock([0], { frequencyMHz: 1200, governor: "performance" });
    expect(["scaling_min_freq", "scaling_max_freq", "scaling_governor"].map(held)).toEqual(["1200000", "1200000", "performance"]);
  });

  it("is as before after restore, to the last file, and the journal is gone", async () => {
    const before = readTree(sysfs);
    await settings.setClock([0, 1], { frequencyMHz: 2400, governor: "powersave" });
    expect(readTree(sysfs)).not.toEqual(before);
    expect(await settings.restore()).toBe(3);
    expect(readTree(sysfs)).toEqual(before);
    expect(existsSync(journal.path)).toBe(false);
    expect(await settings.restore()).toBe(0);
  });

  it("remembers what was there before it writes anything, and the first value when it is set twice", async () => {
    await settings.setClock([0], { frequencyMHz: 1200 });
    await settings.setClock([0], { frequencyMHz: 1800 });
    const { originals } = JSON.parse(readFileSync(journal.path, "utf8")) as { originals: readonly { path: string; value: string }[] };
    expect(new Map(originals.map(({ path, value }) => [path.split("/").at(-1), value]))).toEqual(
      new Map([
        ["scaling_max_freq", "2400000"],
        ["scaling_min_freq", "800000"],
      ]),
    );
  });

  it("remembers the speed that the userspace governor forgets", async () => {
    put("scaling_governor", "userspace\n");
    put("scaling_setspeed", "1800000\n");
    await settings.setClock([0], { governor: "performance" });
    put("scaling_setspeed", "<unsupported>\n");
    await settings.restore();
    expect([held("scaling_governor"), held("scaling_setspeed")]).toEqual(["userspace", "1800000"]);
  });

  it.each<[string, object, RegExp]>([
    ["a step that the clock does not have", { frequencyMHz: 1500 }, /no step near 1500 MHz: ask for one of 800, 1200, 1800, 2400/],
    ["a governor that is not there", { governor: "turbo" }, /no governor turbo: ask for one of performance, powersave, schedutil/],
  ])("refuses %s and names those that are there", async (_, asked, message) => {
    const before = readTree(sysfs);
    await expect(settings.setClock([0], asked)).rejects.toThrow(message);
    expect(readTree(sysfs)).toEqual(before);
  });

  it("takes any frequency within its range where the driver lists no steps", async () => {
    rmSync(join(sysfs, CPUFREQ, "scaling_available_frequencies"));
    await settings.setClock([0], { frequencyMHz: 1500 });
    expect(held("scaling_max_freq")).toBe("1500000");
    await expect(settings.setClock([0], { frequencyMHz: 3000 })).rejects.toThrow(/800 to 2400 MHz/);
  });

  it("says that a machine has no cpufreq", async () => {
    rmSync(join(sysfs, CPUFREQ), { recursive: true });
    await expect(settings.setClock([0], { frequencyMHz: 1200 })).rejects.toThrow(/core 0 has no cpufreq.*measure on the machine itself/);
  });

  it("says that it may not write, and what to do (the refusal of a fake device)", async () => {
    const locked: Device = { ...board, run: () => Promise.resolve({ code: 2, stdout: "", stderr: "sh: cannot create scaling_max_freq: Permission denied" }) };
    const refused = new DeviceSettings(locked, journal).setClock([0], { frequencyMHz: 1200 });
    await expect(refused).rejects.toThrow(CannotSet);
    await expect(new DeviceSettings(locked, journal).setClock([0], { frequencyMHz: 1200 })).rejects.toThrow(/Permission denied.*run as root/);
  });

  it.skipIf(process.getuid?.() === 0)("says so of files that really may not be written (skipped as root)", async () => {
    for (const name of ["scaling_max_freq", "scaling_min_freq"]) chmodSync(join(sysfs, CPUFREQ, name), 0o444);
    await expect(settings.setClock([0], { frequencyMHz: 1200 })).rejects.toThrow(/run as root/);
  });

  it("says that the system keeps another value (a fake device that takes none)", async () => {
    const deaf: Device = { ...board, run: () => Promise.resolve({ code: 0, stdout: "", stderr: "" }) };
    await expect(new DeviceSettings(deaf, journal).setClock([0], { frequencyMHz: 1200 })).rejects.toThrow(/keeps another value.*thermal limit/);
  });
});

describe("what a killed run left changed", () => {
  it("is put back by the next one", async () => {
    const before = readTree(sysfs);
    await leaveChanged(NO_PROCESS);
    const next = new DeviceSettings(board, SettingsJournal.of({ ...thisMachine(), sysfs, name: "renamed" }, "."));
    expect(await next.restore()).toBe(3);
    expect(readTree(sysfs)).toEqual(before);
  });

  it("is left to a run that is still alive", async () => {
    await leaveChanged(process.ppid);
    await expect(settings.restore()).rejects.toThrow(SettingsError);
    await expect(settings.restore()).rejects.toThrow(new RegExp(`process ${process.ppid} .*wait`));
  });

  it("stays in the journal while the device is gone (a fake device that does not answer)", async () => {
    await leaveChanged(NO_PROCESS);
    const gone: Device = { ...board, read: () => Promise.resolve(null), run: () => Promise.resolve({ code: 255, stdout: "", stderr: "connection closed" }) };
    await expect(new DeviceSettings(gone, journal).restore()).rejects.toThrow(DeviceUnreachable);
    expect(await settings.restore()).toBe(3);
  });

  it("is told of where the journal cannot be understood", async () => {
    await leaveChanged(NO_PROCESS);
    writeFileSync(journal.path, "{");
    await expect(settings.restore()).rejects.toThrow(/cannot be understood: set them by hand and delete it/);
  });
});
