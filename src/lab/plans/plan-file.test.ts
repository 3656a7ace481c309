import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { modelName, readPlanFile } from "./plan-file.js";
import { cellsOf } from "./plan-row.js";
import { SettingsError } from "../settings-file.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const DEVICE = {
  name: "board",
  reach: { by: "local" },
  clusters: [
    { name: "little", cores: [0, 1, 2, 3], maxFrequencyMHz: 1800 },
    { name: "big", cores: [4, 5], maxFrequencyMHz: 2400 },
  ],
  engines: ["onnxruntime", "mnn"],
};
const PLAN = {
  name: "some",
  device: "device.yaml",
  engines: ["mnn"],
  models: [{ zoo: "resnet-3" }, { file: "net.onnx", dims: { batch: 2 } }],
  states: [{ name: "idle" }, { name: "busy", utilization: 0.5 }],
};

function read(plan: object, device: object = DEVICE) {
  writeFileSync(join(folder, "device.yaml"), stringify(device));
  writeFileSync(join(folder, "wide.yaml"), stringify({ ...DEVICE, clusters: [{ name: "all", cores: [0, 1, 2, 3, 4, 5] }] }));
  const path = join(folder, "plan.yaml");
  writeFileSync(path, stringify(plan));
  return readPlanFile(path).plan;
}

describe("a plan file", () => {
  it("that ships can be read", () => {
    const { plan } = readPlanFile(fileURLToPath(new URL("../../../plans/smoke.yaml", import.meta.url)));
    expect(plan.engines).toHaveLength(5);
    expect(plan.models.map(modelName)).toEqual(["mobilenetv2-0"]);
    expect(plan.states).toEqual([{ name: "idle", utilization: 0, trafficGBs: 0 }]);
  });

  it("runs on one core of the fastest cluster by default, and where it says otherwise", () => {
    expect(read(PLAN).placements).toEqual([{ name: "big.1", cores: [5] }]);
    const placements = [{ cores: 2 }, { cluster: "little", cores: 3 }];
    expect(read({ ...PLAN, placements }).placements).toEqual([
      { name: "big.2", cores: [4, 5] },
      { name: "little.3", cores: [1, 2, 3] },
    ]);
  });

  it("runs on another device when it is asked to", () => {
    read(PLAN);
    const other = join(folder, "elsewhere", "other.yaml");
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(other, stringify({ ...DEVICE, name: "other" }));
    const { plan, deviceFolder } = readPlanFile(join(folder, "plan.yaml"), other);
    expect(plan.device.name).toBe("other");
    expect(deviceFolder).toBe(join(folder, "elsewhere"));
  });

  it("has another hash when it asks for something else", () => {
    const { hash } = read(PLAN);
    expect(read(PLAN).hash).toBe(hash);
    expect(read({ ...PLAN, protocol: { runs: 31 } }).hash).not.toBe(hash);
    expect(read(PLAN, { ...DEVICE, name: "other" }).hash).not.toBe(hash);
  });

  it.each<[string, object, RegExp]>([
    ["a misspelt name", { ...PLAN, repeat: 3 }, /additional.*\(repeat\)/],
    ["an engine that nobody has", { ...PLAN, engines: ["tensorrt"] }, /engines\.0/],
    ["an engine that the device has not", { ...PLAN, engines: ["ncnn"] }, /board has no engine ncnn, but onnxruntime, mnn/],
    ["a cluster that is not there", { ...PLAN, placements: [{ cluster: "huge", cores: 1 }] }, /no cluster huge, but little, big/],
    ["more cores than there are", { ...PLAN, placements: [{ cores: 3 }] }, /big has 2 cores, not 3/],
    [
      "memory traffic and no core for it",
      { ...PLAN, states: [{ name: "t", trafficGBs: 1 }], placements: [{ cores: 1 }, { cluster: "all", cores: 6 }], device: "wide.yaml" },
      /all\.6 uses every core, and t needs one/,
    ],
    ["a load beyond everything", { ...PLAN, states: [{ name: "x", utilization: 90 }] }, /states\.0\.utilization/],
    ["a model twice", { ...PLAN, models: [{ zoo: "vgg-1" }, { zoo: "vgg-1" }] }, /model vgg-1 is there twice/],
    ["a device file that is not there", { ...PLAN, device: "nowhere.yaml" }, /nowhere\.yaml.*ENOENT/],
  ])("is refused with %s, and the message says where", (_, plan, message) => {
    expect(() => read(plan)).toThrow(SettingsError);
    expect(() => read(plan)).toThrow(message);
  });

  it("is refused where it is no YAML, with the line", () => {
    const path = join(folder, "broken.yaml");
    writeFileSync(path, "name: [some\nengines: x");
    expect(() => readPlanFile(path)).toThrow(/broken\.yaml: .*line 2/s);
  });

  it("is refused with a device whose clusters share a core", () => {
    const clusters = [...DEVICE.clusters, { name: "more", cores: [5] }];
    expect(() => read(PLAN, { ...DEVICE, clusters })).toThrow(/core 5 is in two clusters/);
  });
});

describe("cellsOf", () => {
  it("lists models x states x engines x placements, all of one repeat before the next", () => {
    const plan = read({ ...PLAN, engines: ["mnn", "onnxruntime"], repeats: 2 });
    const cells = cellsOf(plan, ["a", "b"]);
    expect(cells).toHaveLength(2 * 2 * 2 * 2);
    expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(cells.length);
    expect(cells.map(({ repeat }) => repeat)).toEqual([...Array<number>(8).fill(1), ...Array<number>(8).fill(2)]);
  });
});
