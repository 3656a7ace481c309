import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { writeTree } from "../../../test/helper/board-sysfs.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { withSysfs } from "../devices/with-sysfs.js";
import { pythonLacks } from "../engines/python.js";
import { energyBetween, millijoulesPerRun } from "./energy.js";
import { MeterReader } from "./meter-reader.js";
import type { Meter } from "./meters.js";
import { findMeters } from "./meters.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-energy-"));
afterAll(() => rmSync(folder, { recursive: true }));

function board(name: string, files: Readonly<Record<string, string>>) {
  const root = join(folder, name);
  writeTree(root, files);
  return withSysfs(LOCAL_DEVICE, root);
}

const RAPL = { "class/powercap/intel-rapl:0/name": "package-0\n", "class/powercap/intel-rapl:0/energy_uj": "1000000\n", "class/powercap/intel-rapl:0/max_energy_range_uj": "262143328850\n" };
const BATTERY = { "class/power_supply/battery/type": "Battery\n", "class/power_supply/battery/current_now": "-500000\n", "class/power_supply/battery/voltage_now": "4000000\n" };
const watts = ({ value }: Meter, ...contents: readonly number[]) => value(contents);

describe("meters (trees of files stand for machines that have them)", () => {
  it("are RAPL's packages, not their parts", async () => {
    const { meters, problems } = await findMeters(board("server", { ...RAPL, "class/powercap/intel-rapl:0:0/energy_uj": "5\n" }));
    expect(meters).toMatchObject([{ source: "rapl", name: "package-0", kind: "energy", wrapsAt: 262143.32885 }]);
    expect(problems).toEqual([]);
  });

  it("are an INA's channels, by power where it tells that and by current and voltage where not", async () => {
    const { meters } = await findMeters(
      board("jetson", {
        "class/hwmon/hwmon0/name": "ina3221\n",
        "class/hwmon/hwmon0/curr1_input": "1200\n",
        "class/hwmon/hwmon0/in1_input": "5000\n",
        "class/hwmon/hwmon0/in1_label": "VDD_IN\n",
        "class/hwmon/hwmon1/name": "ina226\n",
        "class/hwmon/hwmon1/power1_input": "2500000\n",
        "class/hwmon/hwmon1/curr1_input": "500\n",
        "class/hwmon/hwmon1/in1_input": "5000\n",
        "class/hwmon/hwmon2/name": "nct6775\n",
        "class/hwmon/hwmon2/in1_input": "900\n",
      }),
    );
    expect(meters.map(({ name, kind }) => [name, kind])).toEqual([
      ["ina3221 VDD_IN", "power"],
      ["ina226 power1", "power"],
    ]);
    expect(meters[0] && watts(meters[0], 1200, 5000)).toBeCloseTo(6);
    expect(meters[1] && watts(meters[1], 2500000)).toBeCloseTo(2.5);
  });

  it("are a battery that is being drained, whatever its sign", async () => {
    const { meters } = await findMeters(board("phone", { ...BATTERY, "class/power_supply/battery/status": "Discharging\n" }));
    expect(meters[0] && watts(meters[0], -500000, 4000000)).toBeCloseTo(2);
    const charging = await findMeters(board("charging", { ...BATTERY, "class/power_supply/battery/status": "Charging\n" }));
    expect(charging.meters).toEqual([]);
    expect(charging.problems[0]).toMatch(/not being drained \(Charging\): unplug/);
  });

  it("that may not be read are told of, with what to do", async () => {
    const locked = board("locked", RAPL);
    const read = (path: string) => (path.endsWith("energy_uj") ? Promise.resolve(null) : locked.read(path));
    expect((await findMeters({ ...locked, read })).problems[0]).toMatch(/energy_uj may not be read: as root, chmod a\+r/);
    expect((await findMeters(board("bare", { "class/net": "" }))).problems[0]).toMatch(/no RAPL/);
  });
});

describe("energyBetween", () => {
  const counter: Meter = { source: "rapl", name: "p", kind: "energy", files: ["x"], value: ([c = Number.NaN]) => c, wrapsAt: 100 };
  const power: Meter = { ...counter, source: "hwmon", kind: "power", wrapsAt: null };
  const every = (values: readonly number[]) => values.map((value, i) => ({ atNs: i * 1e9, contents: [value] }));

  it("takes a counter's rise, linear between looks, over its turn", () => {
    const samples = every([80, 90, 100, 10, 20, 30]);
    expect(energyBetween(counter, samples, 0.5e9, 4.5e9, 10)).toMatchObject({ joules: 40, millijoulesPerRun: 4000, samples: 4 });
  });

  it("adds up power over time", () => {
    expect(energyBetween(power, every([2, 2, 4, 4, 4]), 1e9, 4e9, 3)?.joules).toBeCloseTo(3 + 4 + 4);
  });

  it("tells nothing of a pass that the meter saw too little of", () => {
    expect(energyBetween(counter, every([1, 2, 3, 4]), 1.5e9, 2.5e9, 1)).toBeNull();
    expect(energyBetween(counter, every([1, 2, 3, 4]), 1e9, 9e9, 1)).toBeNull();
    expect(energyBetween(counter, every([1, Number.NaN, Number.NaN, Number.NaN]), 0, 3e9, 1)).toBeNull();
  });

  it("is one number by preference: packages together, then the battery, then the board's largest sensor", () => {
    const reading = (source: Meter["source"], mJ: number) => ({ source, name: "", joules: mJ / 1000, millijoulesPerRun: mJ, samples: 9 });
    expect(millijoulesPerRun([reading("hwmon", 9), reading("rapl", 2), reading("rapl", 3)])).toBe(5);
    expect(millijoulesPerRun([reading("hwmon", 9), reading("battery", 4)])).toBe(4);
    expect(millijoulesPerRun([reading("hwmon", 2), reading("hwmon", 9)])).toBe(9);
    expect(millijoulesPerRun([])).toBeNull();
  });
});

const lacking = pythonLacks("sys");

describe.skipIf(lacking !== null)(`MeterReader (a real process on files that stand for RAPL; ${lacking ?? "present"})`, () => {
  it("sees what a counter does while a pass runs", async () => {
    const device = board("live", RAPL);
    const { meters } = await findMeters(device);
    const reader = MeterReader.start(device, meters, null);
    await reader.begin();
    const beginNs = Number(process.hrtime.bigint());
    await sleep(200);
    writeFileSync(join(folder, "live/class/powercap/intel-rapl:0/energy_uj"), "4000000\n");
    await sleep(200);
    const wallNs = Number(process.hrtime.bigint()) - beginNs;
    const [energy] = await reader.end({ beginNs, wallNs, runs: 3 });
    await reader.close();
    expect(energy).toMatchObject({ source: "rapl", name: "package-0" });
    expect(energy?.joules).toBeCloseTo(3);
    expect(energy?.millijoulesPerRun).toBeCloseTo(1000);
  });
});
