import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { LOCAL_DEVICE } from "../devices/local.js";
import { ENGINES, engineProblem } from "../engines/index.js";
import { claim } from "../measure/lock.js";
import { ModelBuilder } from "../zoo/index.js";
import { describeRows, readPlanRows } from "./describe-rows.js";
import { cellPlace } from "./plan-row.js";
import { runPlan } from "./run-plan.js";
import { SettingsError } from "../settings-file.js";

const lacking = await engineProblem(LOCAL_DEVICE, "onnxruntime");
const folder = mkdtempSync(join(tmpdir(), "tempograph-run-plan-"));
const { interpreterVariable } = ENGINES.mnn;
beforeAll(() => {
  process.env["TEMPOGRAPH_CACHE"] = folder;
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  Reflect.deleteProperty(process.env, interpreterVariable);
});

function writeModel(name: string, opType: "Relu" | "HardSwish", written: string = opType): void {
  const builder = new ModelBuilder([1, 4, 16, 16]);
  const output = builder.relu(builder.unary(opType, builder.conv(builder.input, { out: 8, kernel: 3 })));
  const { onnx } = builder.finish(output, { id: name, family: "test" });
  writeFileSync(join(folder, name), Buffer.from(onnx).toString("latin1").replaceAll(opType, written), "latin1");
}

const SHORT = { warmup: 1, runs: 3, settleMs: 0, windowMs: 20, maxSpread: 100, maxDrift: 100, loadWindowMs: 20, loadCorrections: 0 };

function writePlan(name: string, plan: object): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, stringify({ name, engines: ["onnxruntime"], states: [{ name: "idle" }], protocol: SHORT, ...plan }));
  return path;
}

function start(planPath: string, out: string, stop = new AbortController().signal) {
  const remarks: string[] = [];
  return { remarks, done: runPlan({ planPath, out: join(folder, out), stop, remark: (text) => void remarks.push(text) }) };
}

const rowsOf = (out: string) => readPlanRows(join(folder, out));
const places = (out: string) => rowsOf(out).flatMap((row) => (row.kind === "measured" || row.kind === "failed" ? [cellPlace(row)] : []));

describe.skipIf(lacking !== null)(`runPlan (skipped without ONNX Runtime: ${lacking ?? "present"})`, () => {
  writeModel("good.onnx", "Relu");
  writeModel("unknown.onnx", "HardSwish", "HardSwosh");

  it("measures every cell; every row names its device and its machine", async () => {
    const states = [{ name: "idle" }, { name: "busy", utilization: 0.5 }];
    const plan = writePlan("whole", { models: [{ file: "good.onnx" }], states, protocol: { ...SHORT, windowMs: 500 } });
    const report = await start(plan, "whole.jsonl").done;
    expect(report).toMatchObject({ rows: 2, open: 0 });
    const rows = rowsOf("whole.jsonl");
    expect(rows.map(({ kind }) => kind)).toEqual(["plan", "machine", "measured", "measured"]);
    const [, machine, idle, busy] = rows;
    if (machine?.kind !== "machine" || idle?.kind !== "measured" || busy?.kind !== "measured") throw new Error("other rows");
    expect([idle.machine, busy.machine, idle.device]).toEqual([machine.id, machine.id, "local"]);
    expect(idle.passes[0]?.runsUs).toHaveLength(3);
    // No timing: a busy machine may leave the generator little.
    expect(busy.before.raw.utilizationGenerator?.cpuShare).toBeGreaterThan(0.01);
    expect(busy.reached?.utilization).toMatchObject({ asked: 0.5, by: "cores" });
    expect(idle.reached).toEqual({ utilization: null, traffic: null, clock: null });
    expect(idle.before.raw.utilizationGenerator).toBeNull();
    expect(describeRows(rows).lines).toHaveLength(2);
  }, 60_000);

  it("goes on after a torn last line and gives the rows of an undisturbed run", async () => {
    const plan = writePlan("resumed", { models: [{ file: "good.onnx" }], repeats: 3 });
    await start(plan, "undisturbed.jsonl").done;
    const whole = readFileSync(join(folder, "undisturbed.jsonl"), "utf8").split("\n");
    writeFileSync(join(folder, "resumed.jsonl"), `${whole.slice(0, 3).join("\n")}\n`);
    appendFileSync(join(folder, "resumed.jsonl"), (whole[3] ?? "").slice(0, 200));
    const { remarks, done } = start(plan, "resumed.jsonl");
    expect(await done).toMatchObject({ rows: 3, open: 0 });
    expect(remarks.join("\n")).toContain("holds 1 of 3 rows");
    expect(places("resumed.jsonl")).toEqual(places("undisturbed.jsonl"));
    const again = await start(plan, "resumed.jsonl").done;
    expect(again.rows).toBe(3);
    expect(places("resumed.jsonl")).toHaveLength(3);
  }, 60_000);

  it("refuses a file that holds the rows of another plan", async () => {
    const first = writePlan("first", { models: [{ file: "good.onnx" }] });
    await start(first, "mixed.jsonl").done;
    const other = writePlan("first", { models: [{ file: "good.onnx" }], repeats: 2 });
    await expect(start(other, "mixed.jsonl").done).rejects.toThrow(/another plan/);
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
  }, 60_000);

  it("refuses a file that another run writes, or that cannot be written", async () => {
    const plan = writePlan("taken", { models: [{ file: "good.onnx" }] });
    const release = claim(join(folder, "taken.jsonl"));
    await expect(start(plan, "taken.jsonl").done).rejects.toThrow(SettingsError);
    release();
    await expect(start(plan, "good.onnx/rows.jsonl").done).rejects.toThrow(/cannot write .*good\.onnx/);
  }, 60_000);

  it("records what an engine refuses in its words, and measures the rest", async () => {
    const plan = writePlan("refused", { models: [{ file: "unknown.onnx" }, { file: "good.onnx" }] });
    expect(await start(plan, "refused.jsonl").done).toMatchObject({ rows: 2, open: 0 });
    const failed = rowsOf("refused.jsonl").find((row) => row.kind === "failed");
    expect(failed).toMatchObject({ stage: "load", error: expect.stringContaining("HardSwosh") as string });
  }, 60_000);

  it("says which engine is missing and what to do, and leaves its cells open", async () => {
    process.env[interpreterVariable] = join(folder, "no-such-python");
    const plan = writePlan("missing", { engines: ["mnn", "onnxruntime"], models: [{ file: "good.onnx" }] });
    const { remarks, done } = start(plan, "missing.jsonl");
    const report = await done;
    expect(report).toMatchObject({ rows: 1, open: 1 });
    expect(report.missing.get("mnn")).toMatch(/no-such-python.*lab:setup -- --engine mnn/);
    expect(remarks[0]).toContain("mnn is missing");
    expect(places("missing.jsonl")).toHaveLength(1);
  }, 60_000);

  it("stops before the next cell when it is told to", async () => {
    const plan = writePlan("stopped", { models: [{ file: "good.onnx" }], repeats: 3 });
    expect(await start(plan, "stopped.jsonl", AbortSignal.abort()).done).toMatchObject({ rows: 0, open: 3 });
  }, 60_000);

  it("names the model that cannot be read", async () => {
    const plan = writePlan("unreadable", { models: [{ file: "nowhere.onnx" }] });
    await expect(start(plan, "unreadable.jsonl").done).rejects.toThrow(/model nowhere\.onnx: .*ENOENT/);
  });
});
