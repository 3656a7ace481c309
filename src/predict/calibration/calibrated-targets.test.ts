import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SYNTHETIC_TARGET, syntheticTarget } from "../../../test/helper/synthetic-target.js";
import { CalibratedTargets } from "./calibrated-targets.js";
import { parseTargetFile, type TargetFile } from "./target-file.js";

const base = syntheticTarget();
const shipped = { defaultTarget: SYNTHETIC_TARGET, list: () => [base.info], get: (id: string) => (id === SYNTHETIC_TARGET ? base : undefined) };

const FILE: TargetFile = {
  schema: 1,
  kind: "calibrated",
  target: "board.ncnn.float32.4big",
  machine: "made up",
  base: { target: SYNTHETIC_TARGET, predictor: "synthetic-onnxruntime", version: "1.0.0" },
  bias: Math.log(2),
  corrections: { conv: 0.1 },
  ridge: 0.3,
  measurements: 4,
  networks: 4,
  interval: { coverage: 0.9, halfWidth: 0.2 },
  crossValidated: { within5Percent: 50, within10Percent: 75, mapePercent: 6, rmspePercent: 8, rows: 4 },
};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tempograph-targets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe("calibrated targets", () => {
  it("stand beside the shipped ones", async () => {
    const targets = new CalibratedTargets(shipped, { maxTargets: 2 });
    const added = await targets.add(FILE);
    expect(targets.get(FILE.target)).toBe(added);
    expect(targets.get(SYNTHETIC_TARGET)).toBe(base);
    expect(targets.list().map(({ target }) => target)).toEqual([SYNTHETIC_TARGET, FILE.target]);
    expect(added.info).toMatchObject({ device: "board", engine: "ncnn", cores: "4big", calibration: { base: SYNTHETIC_TARGET, networks: 4 } });
    expect(added.info.calibration?.factor).toBeCloseTo(2, 9);
    expect(targets.defaultTarget).toBe(SYNTHETIC_TARGET);
  });

  it("are still there for another process", async () => {
    const folder = join(temporaryFolder(), "new");
    await (await CalibratedTargets.open(shipped, { maxTargets: 2, folder })).add(FILE);
    expect(readdirSync(folder)).toEqual([`${FILE.target}.json`]);
    expect(parseTargetFile(readFileSync(join(folder, `${FILE.target}.json`), "utf8"), "")).toEqual(FILE);
    const again = await CalibratedTargets.open(shipped, { maxTargets: 2, folder });
    expect(again.get(FILE.target)?.info.metrics).toEqual([{ split: "networks left out of the calibration", ...FILE.crossValidated }]);
  });

  it("are refused where a name is taken or there is no more room", async () => {
    const targets = new CalibratedTargets(shipped, { maxTargets: 1 });
    await expect(targets.add({ ...FILE, target: SYNTHETIC_TARGET })).rejects.toMatchObject({ refusal: "shipped-target" });
    await targets.add(FILE);
    await expect(targets.add(FILE)).rejects.toMatchObject({ refusal: "duplicate-target" });
    await expect(targets.add({ ...FILE, target: "other.ncnn.float32.1core" })).rejects.toMatchObject({ refusal: "too-many-targets" });
  });

  it("take a name once, though two ask for it at the same time", async () => {
    const folder = temporaryFolder();
    const targets = await CalibratedTargets.open(shipped, { maxTargets: 9, folder });
    const outcomes = await Promise.allSettled([targets.add(FILE), targets.add(FILE)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(readdirSync(folder)).toEqual([`${FILE.target}.json`]);
  });

  it.each<[string, unknown, RegExp]>([
    ["is not JSON", "{", /not JSON/],
    ["lacks fields", { schema: 1 }, /is no target file/],
    ["has a name of another form", { ...FILE, target: "a/../b" }, /target/],
    ["has a number that is none", { ...FILE, bias: null }, /bias/],
    ["corrects what is no class", { ...FILE, corrections: { constructor: 1 } }, /constructor/],
    ["corrects by more than a million", { ...FILE, corrections: { conv: 99 } }, /corrections/],
    ["is for a target that ships", { ...FILE, target: SYNTHETIC_TARGET }, /ships/],
    ["corrects a target that is not there", { ...FILE, base: { ...FILE.base, target: "a.b.c.d" } }, /not there/],
    ["corrects another version", { ...FILE, base: { ...FILE.base, version: "0.9.0" } }, /calibrate it again/],
  ])("say which file cannot be used and why: it %s", async (_, content, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "some.json"), typeof content === "string" ? content : JSON.stringify(content));
    const opening = CalibratedTargets.open(shipped, { maxTargets: 9, folder });
    await expect(opening).rejects.toMatchObject({ name: "TargetFileError" });
    await expect(opening).rejects.toThrow(message);
  });
});
