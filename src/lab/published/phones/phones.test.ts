import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PublishedDataError } from "../csv.js";
import { configurationId, oneCoreOf, phoneConfiguration, usedCores } from "./configurations.js";
import { familyOf, PHONE_FAMILIES } from "./families.js";
import { CALIBRATION_NETWORKS, calibrationNetworks, FAMILY_TURNS, memberFolds } from "./folds.js";
import { readNetworks } from "./networks.js";
import { phoneSamples } from "./samples.js";
import { type PhoneRow, readPhoneTables } from "./table.js";

/** Rows of the published form; every number in them is made up. */
const HEAD = "model,flops,parameters,device,cores,precision,mean_us,std_us";
const TFLITE = [HEAD, "resnet10,1000,4000,pixel4,1large,float,2000.5,10", "resnet10,1000,4000,pixel4,gpu,float,900,5"].join("\n");
const TORCH = [HEAD, "resnet10,1000,4000,iphone7,2large,quant,1500,7"].join("\n");
const ROW: PhoneRow = {
  model: "resnet10",
  engine: "tflite",
  device: "pixel4",
  cores: "1large1med",
  precision: "float32",
  latencyUs: 1000,
  deviationUs: 1,
  flops: 1,
  parameterBytes: 1,
};

describe("the phones' tables", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "phones-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (tflite: string, torch = TORCH): void => {
    writeFileSync(join(folder, "tflite_cnn.csv"), tflite);
    writeFileSync(join(folder, "torch_cnn.csv"), torch);
  };

  it("are read row by row, both engines", () => {
    write(TFLITE);
    const rows = readPhoneTables(folder);
    expect(rows.map(configurationId)).toEqual(["pixel4.tflite.float32.1large", "pixel4.tflite.float32.gpu", "iphone7.torch.int8.2large"]);
    expect(rows[0]).toMatchObject({ model: "resnet10", latencyUs: 2000.5, deviationUs: 10, flops: 1000, parameterBytes: 4000 });
  });

  it.each([
    ["a column is missing", TFLITE.replace("mean_us", "mean"), /tflite_cnn\.csv has no column mean_us/],
    ["a row is short", `${TFLITE}\nresnet10,1000`, /line 4: 2 fields, not 8/],
    ["a latency is no number", TFLITE.replace("2000.5", "fast"), /mean_us is "fast"/],
    ["a latency is zero", TFLITE.replace("2000.5", "0"), /mean_us is "0"/],
    ["a precision is not known", TFLITE.replace("1large,float", "1large,half"), /precision "half" is not known/],
  ])("say where %s", (_, text, message) => {
    write(text);
    expect(() => readPhoneTables(folder)).toThrow(message);
  });

  it("say which file is not there", () => {
    expect(() => readPhoneTables(folder)).toThrow(PublishedDataError);
    expect(() => readNetworks(folder)).toThrow(/no networks/);
    expect(() => readNetworks(join(folder, "none"))).toThrow(PublishedDataError);
  });

  it("need the networks that they name", () => {
    expect(() => phoneSamples([ROW], new Map())).toThrow(/no network resnet10/);
  });
});

describe("a phone's configuration", () => {
  it("knows which cores of which clusters it uses", () => {
    expect(usedCores("pixel4", "1large1med").map(({ core, used, maxGHz }) => [core, used, maxGHz])).toEqual([
      ["cortex-a76", 1, 2.84],
      ["cortex-a76", 1, 2.32],
    ]);
    expect(usedCores("mi8se", "6small")).toEqual([{ core: "cortex-a55", cores: 6, maxGHz: 1.7, used: 6 }]);
  });

  it("knows the one core that what runs on one thread runs on", () => {
    expect(["1large", "6small", "1large1med", "gpu"].map(oneCoreOf)).toEqual(["1large", "1small", "1large", "gpu"]);
  });

  it("refuses phones, clusters and counts that there are not", () => {
    expect(() => usedCores("pixel9", "1large")).toThrow(/pixel9/);
    expect(() => usedCores("pixel4", "2large")).toThrow(/no 2 large cores/);
    expect(() => usedCores("iphone7", "1med")).toThrow(/no 1 med cores/);
    expect(() => usedCores("pixel4", "constructor")).toThrow(PublishedDataError);
  });

  it("tells mean clock and number of cores, and that clusters are mixed", () => {
    const { id, features } = phoneConfiguration(ROW);
    expect(id).toBe("pixel4.tflite.float32.1large1med");
    expect(features).toMatchObject({ mixed: 1, "core:cortex-a76": 1, "device:pixel4": 1, "runtime:tflite/float32": 1 });
    expect(features["logGHz"]).toBeCloseTo(Math.log(2.58 / 2));
    expect(features["logCores"]).toBeCloseTo(Math.log(2));
  });

  it("has no cores on a GPU", () => {
    expect(Object.keys(phoneConfiguration({ ...ROW, cores: "gpu" }).features).filter((name) => name.startsWith("core"))).toEqual([]);
  });
});

describe("splits of the phones' networks", () => {
  const models = ["resnet10", "resnet12", "resnet16", "resnet18_wd2", "mobilenet_w1", "mobilenet_wd4", "fdmobilenet_w1", "densenet121"];

  it("leave each network of a family of three out once, and small families never", () => {
    const tested = memberFolds(models).flatMap((fold) => [...fold]);
    expect(tested.sort()).toEqual(models.filter((model) => model !== "densenet121").sort());
  });

  it("depend on the names alone, not on their order", () => {
    expect(memberFolds([...models].reverse())).toEqual(memberFolds(models));
  });

  it("keep members of a family for training in every turn", () => {
    for (const fold of memberFolds(models)) {
      const left = models.filter((model) => !fold.has(model)).map(familyOf);
      for (const model of fold) expect(left).toContain(familyOf(model));
    }
  });

  it("calibrate with ten networks", () => {
    const many = Array.from({ length: 30 }, (_, i) => `resnet${i}`);
    expect(calibrationNetworks(many).size).toBe(CALIBRATION_NETWORKS);
    expect(calibrationNetworks([...many].reverse())).toEqual(calibrationNetworks(many));
  });

  it("leave every family out once", () => {
    expect(FAMILY_TURNS.flat().sort()).toEqual([...PHONE_FAMILIES].sort());
  });

  it("take the longest name that fits as the family", () => {
    expect(["resnet10", "resnext14_16x4d", "mobilenetv2b_wd4", "mobilenetb_wd2", "sepreresnet10", "spnasnet"].map(familyOf)).toEqual([
      "resnet",
      "resnext",
      "mobilenetv2",
      "mobilenet",
      "seresnet",
      "mobile-nas",
    ]);
    expect(() => familyOf("vgg16")).toThrow(/vgg16/);
  });
});
