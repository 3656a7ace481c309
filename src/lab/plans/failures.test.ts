import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { boardSysfs, readTree, writeTree } from "../../../test/helper/board-sysfs.js";
import { LOCAL_DEVICE } from "../devices/local.js";
import { engineProblem } from "../engines/index.js";
import { Journal } from "../measure/journal.js";
import { readPlanRows } from "./describe-rows.js";
import { runPlan } from "./run-plan.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-failures-"));
const small = join(folder, "small");

function mountSmall(): string | null {
  mkdirSync(small, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", small], { stdio: "pipe" });
    return null;
  } catch {
    return "a small file system cannot be mounted by this user";
  }
}

const noMount = mountSmall();
const noEngine = await engineProblem(LOCAL_DEVICE, "onnxruntime");
beforeAll(() => {
  process.env["TEMPOGRAPH_CACHE"] = join(folder, "cache");
});
afterAll(() => {
  if (noMount === null) execFileSync("umount", [small]);
  rmSync(folder, { recursive: true });
});

describe.skipIf(noMount !== null)(`a disk that is full (a real one of 8 KiB; ${noMount ?? "present"})`, () => {
  it("is what the error says, and leaves every row that was written whole", () => {
    const path = join(small, "rows.jsonl");
    const journal = Journal.openRows<{ readonly text: string }>(path, () => null);
    journal.append({ text: "first" });
    expect(() => journal.append({ text: "x".repeat(20_000) })).toThrow(expect.objectContaining({ code: "ENOSPC" }));
    journal.close();
    const again = Journal.openRows<{ readonly text: string }>(path, () => null);
    expect(again.existing).toEqual([{ text: "first" }]);
    again.close();
  });
});

const SHORT = { warmup: 1, runs: 2, settleMs: 0, windowMs: 20, maxSpread: 1000, maxDrift: 1000, loadWindowMs: 20, loadCorrections: 0 };

async function run(name: string, states: readonly object[], protocol: object, board: Readonly<Record<string, string>>) {
  const sysfs = join(folder, name);
  writeTree(sysfs, { ...board, "class/net/lo": "" });
  const device = { name: "board", reach: { by: "local" }, sysfs, clusters: [{ name: "all", cores: [0, 1] }], engines: ["onnxruntime"] };
  writeFileSync(join(folder, `${name}-device.yaml`), stringify(device));
  const planPath = join(folder, `${name}.yaml`);
  const plan = { name, device: `${name}-device.yaml`, engines: ["onnxruntime"], models: [{ zoo: "squeezenet-0" }], states, protocol: { ...SHORT, ...protocol } };
  writeFileSync(planPath, stringify(plan));
  const remarks: string[] = [];
  const out = join(folder, `${name}.jsonl`);
  const report = await runPlan({ planPath, out, stop: new AbortController().signal, remark: (text) => void remarks.push(text) });
  return { report, remarks: remarks.join("\n"), rows: readPlanRows(out), sysfs };
}

const FAST = { name: "fast", frequencyMHz: 1200 };

describe.skipIf(noEngine !== null)(`a state that asks for a clock (trees of files stand for cpufreq; ${noEngine ?? "present"})`, () => {
  it("is a row that failed, and told of, where there is no cpufreq", async () => {
    const { report, remarks, rows } = await run("none", [FAST], {}, {});
    expect(report).toMatchObject({ rows: 1, open: 0 });
    expect(rows.at(-1)).toMatchObject({ kind: "failed", stage: "set", error: expect.stringMatching(/no cpufreq/) as string });
    expect(remarks).toMatch(/failed to set: core 1 has no cpufreq/);
  }, 120_000);

  it("leaves its cell open where the plan wants it skipped", async () => {
    const { report, remarks } = await run("skipped", [FAST], { cannotSet: "skip" }, {});
    expect(report).toMatchObject({ rows: 0, open: 1 });
    expect(remarks).toMatch(/fast is skipped: core 1 has no cpufreq/);
  }, 120_000);

  it("is measured and put back where there is, with what was read and why the rest was not", async () => {
    const { rows, sysfs } = await run("whole", [FAST], {}, boardSysfs([0, 1]));
    const row = rows.at(-1);
    if (row?.kind !== "measured") throw new Error(JSON.stringify(row));
    expect(row.reached?.clock).toEqual({ asked: 1200, reached: 1200, within: true });
    expect(row.before.state.frequencyMHz).toBe(1200);
    expect(row.before.temperatures).toEqual([{ zone: "thermal_zone0", type: "cpu-thermal", celsius: 45 }]);
    expect(row.unread?.energy).toMatch(/no RAPL/);
    const original = boardSysfs([0, 1])["devices/system/cpu/cpu1/cpufreq/scaling_max_freq"];
    expect(readTree(sysfs).get(join(sysfs, "devices/system/cpu/cpu1/cpufreq/scaling_max_freq"))).toBe(original?.trim());
    expect(readdirSync(join(folder, "cache/settings"))).toEqual([]);
  }, 120_000);
});
