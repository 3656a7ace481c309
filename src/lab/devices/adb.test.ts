import { afterEach, describe, expect, it } from "vitest";
import type { AdbExchange, FakeAdb } from "../../../test/helper/fake-adb.js";
import { fakeAdb } from "../../../test/helper/fake-adb.js";
import { AdbDevice } from "./adb.js";
import { parseAdbDevices } from "./adb-devices.js";

// adb's words are those of its source and of reports on the web; no phone was at hand.
const HEADING = "List of devices attached\n";
const STARTING = "* daemon not running; starting now at tcp:5037\n* daemon started successfully\n";
const LINES = {
  phone: "4a9c81d7               device usb:1-2 product:venus model:M2011K2C device:venus transport_id:3\n",
  unauthorized: "4a9c81d7               unauthorized usb:1-2 transport_id:3\n",
  offline: "4a9c81d7               offline usb:1-2 transport_id:3\n",
  forbidden:
    "4a9c81d7               no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html] usb:1-2 transport_id:3\n",
  other: "192.168.1.7:5555       device product:a model:b device:c transport_id:4\n",
};
const list = (stdout: string): AdbExchange => ({ args: ["devices", "-l"], stdout });
const shell = (line: string, answer: Omit<AdbExchange, "args"> = {}): AdbExchange => ({ args: ["-s", "4a9c81d7", "shell", line], ...answer });
const CONNECTED = [list(HEADING + LINES.phone), shell("'sh' '-c' 'exit 3'", { code: 3 })];

let fake: FakeAdb | null = null;
function replay(...exchanges: readonly AdbExchange[]): void {
  fake = fakeAdb(exchanges);
}
afterEach(() => {
  const breaches = fake?.breaches();
  fake?.close();
  fake = null;
  expect(breaches ?? "").toBe("");
});

const connect = () => AdbDevice.connect("phone", "4a9c81d7");

describe("the list of devices", () => {
  it("is read with what the server says while it starts, and with states of two words", () => {
    const entries = parseAdbDevices(STARTING + HEADING + LINES.forbidden + LINES.other + "\n");
    expect(entries).toEqual([
      { serial: "4a9c81d7", state: "no permissions" },
      { serial: "192.168.1.7:5555", state: "device" },
    ]);
  });
});

describe("a device that cannot be used", () => {
  it.each<[string, string, RegExp]>([
    ["is not there, beside another one", HEADING + LINES.other, /no device 4a9c81d7, but 192\.168\.1\.7:5555: plug it in/],
    ["is not there at all", HEADING, /but none at all: .*USB debugging/],
    ["does not trust this machine yet", HEADING + LINES.unauthorized, /is unauthorized: unlock it and confirm/],
    ["is offline", HEADING + LINES.offline, /is offline: plug it in again/],
    ["may not be used by this user", HEADING + LINES.forbidden, /is no permissions: .*udev rules/],
    ["runs its recovery", HEADING + LINES.offline.replace("offline", "recovery"), /`adb reboot`/],
  ])("because it %s, says so and what to do", async (_, stdout, message) => {
    replay(list(stdout));
    await expect(connect()).rejects.toThrow(message);
  });

  it("because it is too old to tell how a command ended, says so", async () => {
    replay(list(HEADING + LINES.phone), shell("'sh' '-c' 'exit 3'", { code: 0 }));
    await expect(connect()).rejects.toThrow(/Android 7/);
  });

  it("because adb is not installed, says how to get it", async () => {
    process.env["TEMPOGRAPH_ADB"] = "/no/such/adb";
    await expect(connect()).rejects.toThrow(/\/no\/such\/adb cannot be run .*Debian: adb/);
    Reflect.deleteProperty(process.env, "TEMPOGRAPH_ADB");
  });
});

describe("AdbDevice", () => {
  it("runs commands word for word, reads and lists", async () => {
    replay(
      ...CONNECTED,
      shell(`'printf' 'it'\\''s "$HOME"'`, { stdout: "x" }),
      shell("'cat' '/proc/version'", { stdout: "Linux version 5.4.61\n" }),
      shell("'cat' '/nowhere'", { stderr: "cat: /nowhere: No such file or directory\n", code: 1 }),
      shell("'ls' '/sys/class/thermal'", { stdout: "thermal_zone1\nthermal_zone0\n" }),
    );
    const device = await connect();
    expect((await device.run(["printf", `it's "$HOME"`])).stdout).toBe("x");
    expect(await device.read("/proc/version")).toContain("5.4.61");
    expect(await device.read("/nowhere")).toBeNull();
    expect(await device.list("/sys/class/thermal")).toEqual(["thermal_zone0", "thermal_zone1"]);
  });

  const TARGET = "/data/local/tmp/tempograph/model";
  const prepare = [
    shell(`'test' '-d' '${TARGET}'`, { code: 1 }),
    shell(`'sh' '-c' 'rm -rf '\\''${TARGET}.unfinished'\\'' && mkdir -p '\\''${TARGET}.unfinished'\\'''`),
  ];

  it("copies files under a name that only whole copies get, and once", async () => {
    replay(
      ...CONNECTED,
      ...prepare,
      { args: ["-s", "4a9c81d7", "push", "/a/m.tflite", `${TARGET}.unfinished/`], stdout: "/a/m.tflite: 1 file pushed, 0 skipped. 30.1 MB/s\n" },
      shell(`'mv' '${TARGET}.unfinished' '${TARGET}'`),
      shell(`'test' '-d' '${TARGET}'`),
    );
    const device = await connect();
    expect(await device.pushFiles(["/a/m.tflite"], "model")).toBe(TARGET);
    expect(await device.pushFiles(["/a/m.tflite"], "model")).toBe(TARGET);
  });

  it("says that the device is full, or gone", async () => {
    const push = (stderr: string): AdbExchange => ({ args: ["-s", "4a9c81d7", "push", "/a/m.tflite", `${TARGET}.unfinished/`], stderr, code: 1 });
    replay(
      ...CONNECTED,
      ...prepare,
      push(`adb: error: failed to copy '/a/m.tflite' to '${TARGET}': remote write failed: No space left on device\n`),
      ...prepare,
      push("adb: error: failed to get feature set: device '4a9c81d7' not found\n"),
    );
    const device = await connect();
    await expect(device.pushFiles(["/a/m.tflite"], "model")).rejects.toThrow(/No space left.*rm -r \/data\/local\/tmp\/tempograph/s);
    await expect(device.pushFiles(["/a/m.tflite"], "model")).rejects.toThrow(/not found: is it still plugged in/);
  });

  it("writes as root where a su lets it, and as it may where none does", async () => {
    replay(
      ...CONNECTED,
      shell("'id' '-u'", { stdout: "2000\n" }),
      shell("'su' '-c' 'id -u'", { stderr: "/system/bin/sh: su: inaccessible or not found\n", code: 127 }),
      shell("'test' '-w' '/sys/x'", { code: 1 }),
    );
    expect(await (await connect()).writable("/sys/x")).toBe(false);
    expect(fake?.breaches()).toBe("");
    fake?.close();
    replay(
      ...CONNECTED,
      shell("'id' '-u'", { stdout: "2000\n" }),
      shell("'su' '-c' 'id -u'", { stdout: "0\n" }),
      shell(`'su' '-c' ''\\''test'\\'' '\\''-w'\\'' '\\''/sys/x'\\'''`),
      shell(`'su' '-c' ''\\''true'\\'''`),
    );
    const device = await connect();
    expect(await device.writable("/sys/x")).toBe(true);
    expect((await device.asRoot().run(["true"])).code).toBe(0);
  });
});
