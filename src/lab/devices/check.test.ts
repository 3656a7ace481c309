import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Finding } from "./check.js";
import { checkDevice } from "./check.js";
import type { DeviceDescription } from "./device-file.js";
import { thisMachine } from "./device-file.js";
import type { Device } from "./device.js";
import { LOCAL_DEVICE } from "./local.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-device-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A system's files under a folder of their own: a stand-in for boards that are not at hand. */
function deviceWith(name: string, files: Readonly<Record<string, string>>): Device {
  const root = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    ...LOCAL_DEVICE,
    name,
    run: () => Promise.resolve({ code: 0, stdout: "1000\n", stderr: "" }),
    read: (path) => LOCAL_DEVICE.read(join(root, path)),
    list: (path) => LOCAL_DEVICE.list(join(root, path)),
    writable: (path) => LOCAL_DEVICE.writable(join(root, path)),
  };
}

const CPU = "/sys/devices/system/cpu";
const BOARD = {
  "/proc/version": "Linux version 6.1",
  "/proc/stat": "cpu0 1 2 3 4",
  "/proc/self/schedstat": "1 2 3",
  "/proc/sys/kernel/perf_event_paranoid": "0\n",
  "/sys/bus/event_source/devices/armv8_pmuv3/type": "8",
  "/sys/class/thermal/thermal_zone0/temp": "45000",
  "/sys/class/powercap/intel-rapl:0/energy_uj": "12345",
  [`${CPU}/cpu0/cpufreq/scaling_governor`]: "schedutil\n",
  [`${CPU}/cpu0/cpufreq/scaling_max_freq`]: "1800000\n",
  [`${CPU}/cpu0/cpufreq/cpuinfo_max_freq`]: "1800000\n",
  [`${CPU}/cpu1/online`]: "1\n",
};
const DESCRIPTION: DeviceDescription = {
  name: "board",
  reach: { by: "local" },
  clusters: [{ name: "all", cores: [0, 1], maxFrequencyMHz: 1800 }],
  engines: ["ncnn"],
};

async function findings(device: Device, description = DESCRIPTION, problem: string | null = null): Promise<ReadonlyMap<string, Finding>> {
  const found = await checkDevice(device, description, () => Promise.resolve(problem));
  return new Map(found.map((finding) => [finding.what, finding]));
}

describe("checkDevice", () => {
  it("finds everything on a board that has everything", async () => {
    const found = await findings(deviceWith("whole", BOARD));
    expect([...found.values()].filter(({ verdict }) => verdict !== "works")).toEqual([]);
    expect(found.get("frequency")?.detail).toBe("can be read and set; governor schedutil");
  });

  it("says what is missing on a machine that shows nothing, without calling it wrong", async () => {
    const found = await findings(deviceWith("bare", { "/proc/version": "Linux", [`${CPU}/cpu0/x`]: "", [`${CPU}/cpu1/x`]: "" }));
    const missing = [...found.values()].filter(({ verdict }) => verdict === "missing").map(({ what }) => what);
    expect(missing).toEqual(["frequency", "utilization", "run delay", "counters", "temperature", "energy"]);
    expect([...found.values()].some(({ verdict }) => verdict === "wrong")).toBe(false);
  });

  it("tells how to get at counters that are there but locked", async () => {
    const found = await findings(deviceWith("locked", { ...BOARD, "/proc/sys/kernel/perf_event_paranoid": "4\n" }));
    expect(found.get("counters")).toMatchObject({ verdict: "missing", advice: "as root: sysctl kernel.perf_event_paranoid=0" });
    const asRoot = { ...deviceWith("locked", {}), run: () => Promise.resolve({ code: 0, stdout: "0\n", stderr: "" }) };
    expect((await findings(asRoot)).get("counters")?.verdict).toBe("works");
  });

  it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ["a core that is not there", {}, "cluster all", /no core 7/],
    ["a core that is offline", { [`${CPU}/cpu1/online`]: "0\n" }, "cluster all", /core 1 is offline/],
    ["another clock than the file says", { [`${CPU}/cpu0/cpufreq/cpuinfo_max_freq`]: "2400000" }, "cluster all frequency", /2400 MHz, not 1800/],
  ])("calls %s wrong", async (name, files, what, detail) => {
    const description = name === "a core that is not there" ? { ...DESCRIPTION, clusters: [{ name: "all", cores: [0, 7] }] } : DESCRIPTION;
    const found = await findings(deviceWith(name.replaceAll(" ", "-"), { ...BOARD, ...files }), description);
    expect(found.get(what)).toMatchObject({ verdict: "wrong", detail: expect.stringMatching(detail) as string });
  });

  it("hands on why an engine cannot run", async () => {
    const found = await findings(deviceWith("engine", BOARD), DESCRIPTION, "No module named ncnn");
    expect(found.get("engine ncnn")).toMatchObject({ verdict: "wrong", detail: "No module named ncnn" });
  });

  it("stops at a device that does not answer", async () => {
    const found = await checkDevice(deviceWith("silent", {}), DESCRIPTION, () => Promise.resolve(null));
    expect(found).toMatchObject([{ what: "reach", verdict: "wrong" }]);
  });

  it.runIf(process.platform === "linux")("finds this machine's cores where they are", async () => {
    const found = await findings(LOCAL_DEVICE, { ...thisMachine(), engines: [] });
    expect(found.get("cluster all")?.verdict).toBe("works");
    expect(found.get("utilization")?.verdict).toBe("works");
  });
});
