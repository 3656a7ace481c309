import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeTree } from "../../../test/helper/board-sysfs.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { withSysfs } from "../devices/with-sysfs.js";
import { coolDown, findZones, readTemperatures } from "./thermal.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-thermal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const zone = (number: number, type: string, temp: string) => ({
  [`class/thermal/thermal_zone${number}/type`]: `${type}\n`,
  [`class/thermal/thermal_zone${number}/temp`]: `${temp}\n`,
});

function board(name: string, ...zones: readonly object[]) {
  const root = join(folder, name);
  writeTree(root, Object.assign({ "class/thermal/cooling_device0/type": "fan" }, ...zones) as Record<string, string>);
  return { root, device: withSysfs(LOCAL_DEVICE, root) };
}

describe("thermal zones (trees of files stand for boards)", () => {
  it("are those near the processor, without what is no temperature", async () => {
    const { device } = board("phone", zone(0, "cpu-0-0", "51300"), zone(1, "battery", "33000"), zone(2, "cpu-1-0", "-40000"), zone(3, "soc-limit", "999000"));
    const zones = await findZones(device);
    expect(await readTemperatures(device, zones)).toEqual([{ zone: "thermal_zone0", type: "cpu-0-0", celsius: 51.3 }]);
  });

  it("are all of them where no name tells", async () => {
    const { device } = board("odd", zone(0, "zone-a", "40000"), zone(1, "zone-b", "41000"));
    expect((await findZones(device)).map(({ type }) => type)).toEqual(["zone-a", "zone-b"]);
  });

  it("are none on a machine without", async () => {
    expect(await findZones(board("none").device)).toEqual([]);
  });
});

describe("coolDown", () => {
  const never = new AbortController().signal;
  const limits = { maxTemperatureC: 60, maxCoolDownMs: 2000 };

  it("does not wait for a device that is cool, or that tells nothing", async () => {
    expect(await coolDown(() => Promise.resolve([]), limits, never)).toBeNull();
    expect(await coolDown(() => Promise.resolve([{ zone: "z", type: "cpu", celsius: 60 }]), limits, never)).toBeNull();
  });

  it("waits until the hottest zone has cooled down", async () => {
    const { root, device } = board("hot", zone(0, "cpu", "71000"), zone(1, "cpu-big", "50000"));
    const zones = await findZones(device);
    const wait = coolDown(() => readTemperatures(device, zones), limits, never, 10);
    setTimeout(() => writeFileSync(join(root, "class/thermal/thermal_zone0/temp"), "55000\n"), 100);
    const found = await wait;
    expect(found).toMatchObject({ within: true, hottest: { type: "cpu", celsius: 55 } });
    expect(found?.waitedMs).toBeGreaterThanOrEqual(90);
  });

  it("goes on after its patience, and says that it is still hot", async () => {
    const hot = () => Promise.resolve([{ zone: "z", type: "cpu", celsius: 80 }]);
    expect(await coolDown(hot, { ...limits, maxCoolDownMs: 50 }, never, 10)).toMatchObject({ within: false, hottest: { celsius: 80 } });
    expect(await coolDown(hot, limits, AbortSignal.abort(), 10)).toMatchObject({ within: false });
  });
});
