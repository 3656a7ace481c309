import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { adbLacks, type SmallAdbd, startSmallAdbd } from "../../../test/helper/small-adbd.js";
import { AdbDevice, ANDROID_ROOT } from "./adb.js";

let phone: SmallAdbd | null = null;
afterEach(async () => {
  Reflect.deleteProperty(process.env, "TEMPOGRAPH_ADB");
  await phone?.close();
  phone = null;
});

async function plugIn(options = { trusted: true }): Promise<SmallAdbd> {
  phone = await startSmallAdbd(options);
  process.env["TEMPOGRAPH_ADB"] = phone.adb;
  return phone;
}

const lacks = adbLacks();

// A real adb, with what a phone would run for it in its place.
describe.skipIf(lacks !== null)(`through a real adb${lacks === null ? "" : ` (${lacks})`}`, () => {
  it("commands arrive word for word, and their outputs and exit codes come back", async () => {
    const device = await AdbDevice.connect("phone", (await plugIn()).serial);
    expect(await device.run(["printf", "%s|", `it's "$HOME"`, "", "a  b\n*"])).toMatchObject({ code: 0, stdout: `it's "$HOME"||a  b\n*|` });
    expect(await device.run(["sh", "-c", "echo out; echo err >&2; exit 42"])).toMatchObject({ code: 42, stdout: "out\n", stderr: "err\n" });
    expect(await device.read("/nowhere")).toBeNull();
    const long = await device.run(["seq", "1", "100000"]);
    expect(long.stdout.trimEnd().split("\n")).toHaveLength(100_000);
  });

  it("files are copied whole, once", async () => {
    const { serial, folder } = await plugIn();
    const source = mkdtempSync(join(tmpdir(), "tempograph-push-"));
    const bytes = Buffer.alloc(700_000, "weights ");
    mkdirSync(join(source, "model"));
    writeFileSync(join(source, "model", "m.bin"), bytes);
    writeFileSync(join(source, "model", "m.param"), "7767517\n");
    const device = await AdbDevice.connect("phone", serial);
    expect(await device.push(join(source, "model"))).toBe(`${ANDROID_ROOT}/model`);
    expect(readFileSync(join(folder, "tempograph", "model", "m.bin")).equals(bytes)).toBe(true);
    expect(await device.list(`${ANDROID_ROOT}/model`)).toEqual(["m.bin", "m.param"]);
    rmSync(join(source, "model", "m.bin"));
    expect(await device.push(join(source, "model"))).toBe(`${ANDROID_ROOT}/model`);
    expect(await device.list(`${ANDROID_ROOT}/model`)).toEqual(["m.bin", "m.param"]);
    rmSync(source, { recursive: true });
  });

  it("a device that does not trust this machine says what to confirm", async () => {
    const { serial } = await plugIn({ trusted: false });
    // At first it is being asked, which takes its time.
    await vi.waitFor(() => expect(AdbDevice.connect("phone", serial)).rejects.toThrow(/is unauthorized: unlock it and confirm "Allow USB debugging"/), {
      timeout: 10_000,
    });
  });

  it("one that is not there is told from one that was unplugged", async () => {
    const there = await plugIn();
    const { serial } = there;
    await expect(AdbDevice.connect("phone", "4a9c81d7")).rejects.toThrow(`no device 4a9c81d7, but ${serial}: plug it in`);
    const device = await AdbDevice.connect("phone", serial);
    await there.unplug();
    const { code, stderr } = await device.run(["true"]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/not found|offline|closed/);
    const folder = mkdtempSync(join(tmpdir(), "tempograph-push-"));
    await expect(device.push(folder)).rejects.toThrow(/is it still plugged in/);
    rmSync(folder, { recursive: true });
  });
});
