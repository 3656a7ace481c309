import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelBuilder } from "../zoo/index.js";
import { CompletedModels } from "./completed-models.js";
import type { EngineModel } from "./engine.js";
import { ConversionFailure, EngineFailure } from "./engine.js";
import type { EngineName } from "./index.js";
import { ENGINE_NAMES, engineLacks, ENGINES, PythonEngine } from "./index.js";
import { LineProcess } from "./line-process.js";
import { inputShapes } from "./model-shapes.js";
import { findPython, pythonScript } from "./python.js";

const folder = mkdtempSync(join(tmpdir(), "tempograph-engines-"));
beforeAll(() => {
  process.env["TEMPOGRAPH_CACHE"] = folder;
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Channels, height and width all differ, so a layout that is mixed up does not go unnoticed. With operators that
 * converters are given in another form: a HardSwish, a Concat of one.
 */
function network() {
  const builder = new ModelBuilder([1, 3, 20, 28]);
  const features = builder.relu(builder.conv(builder.input, { out: 8, kernel: 3, stride: 2 }));
  const swished = builder.unary("HardSwish", builder.concat([features]));
  const pooled = builder.maxPool(swished, { kernel: 2, stride: 2 });
  const output = builder.gemm(builder.flatten(pooled), 10);
  return builder.finish(output, { id: "small", family: "test" });
}

/** A valid file with an operator that nobody has: its name is a misspelt HardSwish. */
function unknownOperator() {
  const builder = new ModelBuilder([1, 3, 8, 8]);
  const output = builder.relu(builder.unary("HardSwish", builder.relu(builder.input)));
  const model = builder.finish(output, { id: "unknown", family: "test" });
  const text = Buffer.from(model.onnx).toString("latin1").replaceAll("HardSwish", "HardSwosh");
  return { ...model, onnx: new Uint8Array(Buffer.from(text, "latin1")) };
}

/** Other bytes that mean the same, so that no conversion of them is in the cache. */
function withAnotherName(onnx: Uint8Array): Uint8Array {
  const text = Buffer.from(onnx).toString("latin1").replace("tempograph-zoo", "tempograph-zoO");
  return new Uint8Array(Buffer.from(text, "latin1"));
}

const MODEL = network();
const PASS = { warmup: 1, runs: 8, minRuns: 2, minMs: 0, maxMs: 10_000 };
const PROFILE = { warmup: 1, runs: 3, minRuns: 3, maxMs: 10_000 };
/**
 * Engines that tell the time of each layer, and what they tell of a convolution: the node that it belongs to (the last that was
 * fused), or its work, which is 3 channels into 8 by windows of 3x3 on 10x14 places.
 */
const WATCHED: ReadonlyMap<EngineName, object> = new Map<EngineName, object>([
  ["mnn", { key: expect.stringMatching(/^n\d+$/) as string }],
  ["ncnn", { macs: 3 * 8 * 9 * 140 }],
]);
const SEED = 5;
const lacking = new Map(ENGINE_NAMES.map((name) => [name, engineLacks(name)]));

/** The model with the weights that conversions are given, so that ONNX Runtime computes with the same ones. */
async function wholeModel() {
  const completer = new LineProcess(findPython(), [pythonScript("model_completer.py")], { timeoutMs: 60_000 });
  const path = join(folder, "whole.onnx");
  await completer.request("complete", { path, inputs: inputShapes(MODEL) }, MODEL.onnx);
  await completer.close();
  return { ...MODEL, onnx: new Uint8Array(readFileSync(path)) };
}

async function referenceOutputs(): Promise<readonly number[]> {
  const engine = await PythonEngine.start(ENGINES.onnxruntime, { cores: [0] });
  await engine.load(0, await wholeModel());
  const [output] = await engine.compute(0, MODEL, SEED);
  await engine.close();
  return output?.head ?? [];
}

async function refusal(engine: PythonEngine, model: EngineModel): Promise<Error | null> {
  return engine.load(1, model).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : null),
  );
}

const withReference = lacking.get("onnxruntime") === null;

describe.each(ENGINE_NAMES.filter((name) => name !== "onnxruntime"))("%s", (name: EngineName) => {
  const reason = lacking.get(name) ?? (withReference ? null : "no ONNX Runtime");

  describe.skipIf(reason !== null)(`with its environment (${reason ?? "present"})`, () => {
    let engine: PythonEngine;
    beforeAll(async () => {
      engine = await PythonEngine.start(ENGINES[name], { cores: [0] });
    }, 60_000);
    afterAll(() => engine.close());

    it("converts once, and then takes the conversion from the cache", async () => {
      const first = await engine.load(0, MODEL);
      const second = await engine.load(0, MODEL);
      expect([first.conversion?.cached, second.conversion?.cached]).toEqual([false, true]);
      expect(second.conversion?.convertMs).toBe(first.conversion?.convertMs);
      expect(first.conversion?.version).toMatch(/^\d+/);
    }, 120_000);

    it("computes what ONNX Runtime computes from the same weights", async () => {
      await engine.load(0, MODEL);
      const [output] = await engine.compute(0, MODEL, SEED);
      const expected = await referenceOutputs();
      expect(output?.elements).toBe(10);
      expect(expected).toHaveLength(10);
      for (const [i, value] of expected.entries()) expect(output?.head[i]).toBeCloseTo(value, 3);
    }, 120_000);

    it("reports raw times, its memory and itself", async () => {
      await engine.load(0, MODEL);
      const report = await engine.pass(0, PASS);
      expect(report.runsNs).toHaveLength(8);
      // CPU time is counted where the engine computes, which need not be the calling thread.
      expect(report.cpuNs).toBeGreaterThan(0.3 * report.runsNs.reduce((sum, ns) => sum + ns, 0));
      expect(report.peakBytes ?? 0).toBeGreaterThanOrEqual(report.beforeLoadBytes ?? 0);
      expect(engine.description).toMatchObject({ engine: name, threads: 1, cores: [0], precision: "float32" });
      expect(engine.description.engineVersion).toMatch(/^\d+\.\d+/);
    });

    it("tells what memory a model takes, in a process that had no other", async () => {
      const fresh = await PythonEngine.start(ENGINES[name], { cores: [0], keepsMemory: false });
      const completed = new CompletedModels((work) => work());
      try {
        const { beforeLoadBytes, loadPeakBytes, loadedBytes, runPeakBytes } = await fresh.memory(MODEL, completed, 2);
        expect(beforeLoadBytes).toBeGreaterThan(0);
        expect(loadPeakBytes).toBeGreaterThan(beforeLoadBytes);
        expect(loadedBytes).toBeLessThanOrEqual(loadPeakBytes);
        expect(runPeakBytes).toBeGreaterThanOrEqual(loadedBytes);
      } finally {
        await Promise.all([fresh.close(), completed.close()]);
      }
    }, 120_000);

    it("tells what its layers take, where it can be watched", async () => {
      const kernels = await engine.profile(MODEL, PROFILE);
      const told = WATCHED.get(name);
      if (told === undefined) {
        expect(kernels).toBeNull();
        return;
      }
      expect(kernels?.find(({ op }) => op === "Convolution")).toMatchObject(told);
      expect(kernels?.every(({ medianUs, meanUs }) => medianUs >= 0 && meanUs >= 0)).toBe(true);
    }, 120_000);

    it("hands on the converter's words for a model beyond it, again from the cache, and lives on", async () => {
      const failures = [await refusal(engine, unknownOperator()), await refusal(engine, unknownOperator())];
      expect(failures[0]).toBeInstanceOf(EngineFailure);
      expect(failures[1]?.message).toBe(failures[0]?.message);
      await engine.load(0, MODEL);
      expect((await engine.pass(0, PASS)).runsNs).toHaveLength(8);
    }, 120_000);

    it("tells that a file is no model", async () => {
      const broken = { ...MODEL, onnx: new TextEncoder().encode("not a model") };
      expect(await refusal(engine, broken)).toBeInstanceOf(ConversionFailure);
    }, 60_000);

    it("refuses to run what is not loaded", async () => {
      await expect(engine.pass(7, PASS)).rejects.toBeInstanceOf(EngineFailure);
    });
  });
});

/** Process ids of copies that a process of this command line has made of itself, of all that this process started. */
function copiesOf(command: string): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  const processes = lines.map((line) => {
    const [pid = "", ppid = "", ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), ppid: Number(ppid), args: args.join(" ") };
  });
  const within = (pid: number): readonly (typeof processes)[number][] =>
    processes.filter(({ ppid }) => ppid === pid).flatMap((child) => [child, ...within(child.pid)]);
  const running = within(process.pid).filter(({ args }) => args.includes(command));
  return running.filter(({ ppid }) => running.some(({ pid }) => pid === ppid)).map(({ pid }) => pid);
}

describe.skipIf(lacking.get("tflite") !== null || !withReference)("a converter that is killed", () => {
  it("has not said no: the model is converted the next time", async () => {
    const engine = await PythonEngine.start(ENGINES.tflite, { cores: [0] });
    const model = { ...MODEL, onnx: withAnotherName(MODEL.onnx) };
    const failing = refusal(engine, model);
    // The converter works in a copy of itself.
    let copies: readonly number[] = [];
    await expect.poll(() => (copies = copiesOf("engine_converter.py tflite")).length, { timeout: 30_000, interval: 10 }).toBe(1);
    for (const pid of copies) process.kill(pid, "SIGKILL");
    const failure = await failing;
    expect(failure).toBeInstanceOf(ConversionFailure);
    expect(failure?.message).toContain("signal 9");
    expect((await engine.load(0, model)).conversion?.cached).toBe(false);
    await engine.close();
  }, 60_000);
});
