import os from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ModelBuilder } from "../zoo/index.js";
import { CompletedModels } from "./completed-models.js";
import { EngineFailure } from "./engine.js";
import { ProcessLost } from "./line-process.js";
import { ONNX_RUNTIME } from "./onnxruntime.js";
import { PythonEngine } from "./python-engine.js";
import { pythonLacks } from "./python.js";

const lacking = pythonLacks("numpy", "onnx", "onnxruntime");

function smallNetwork() {
  const builder = new ModelBuilder([1, 3, 32, 32]);
  const features = builder.relu(builder.conv(builder.input, { out: 16, kernel: 3 }));
  const mixed = builder.sigmoid(builder.conv(features, { out: 32, kernel: 1 }));
  return builder.finish(builder.flatten(mixed), { id: "small", family: "test" });
}

const PASS = { warmup: 1, runs: 8, minRuns: 2, minMs: 0, maxMs: 10_000 };

describe.skipIf(lacking !== null)(`ONNX Runtime (skipped without a Python that has it: ${lacking ?? "present"})`, () => {
  let engine: PythonEngine;
  beforeAll(async () => {
    engine = await PythonEngine.start(ONNX_RUNTIME, { cores: [0] });
  }, 60_000);
  afterAll(() => engine.close());

  it("describes itself", () => {
    expect(engine.description).toMatchObject({ engine: "onnxruntime", threads: 1, core: 0 });
    expect(engine.description.engineVersion).toMatch(/^\d+\.\d+/);
  });

  it("runs a model whose weights are declared only", async () => {
    expect((await engine.load(0, smallNetwork())).sessionMs).toBeGreaterThan(0);
    const report = await engine.pass(0, PASS);
    expect(report.runsNs).toHaveLength(8);
    expect(report.wallNs).toBeGreaterThanOrEqual(report.runsNs.reduce((sum, ns) => sum + ns, 0));
    expect(report.cpuNs).toBeGreaterThan(0);
  });

  it("tells what memory a model takes that is read from a whole file", async () => {
    const fresh = await PythonEngine.start(ONNX_RUNTIME, { cores: [0], keepsMemory: false });
    const completed = new CompletedModels((work) => work());
    try {
      const { beforeLoadBytes, loadPeakBytes, loadedBytes, runPeakBytes } = await fresh.memory(smallNetwork(), completed, 2);
      expect(loadPeakBytes).toBeGreaterThan(beforeLoadBytes);
      expect(loadedBytes).toBeGreaterThan(beforeLoadBytes);
      expect(runPeakBytes).toBeGreaterThanOrEqual(loadedBytes);
    } finally {
      await Promise.all([fresh.close(), completed.close()]);
    }
  }, 60_000);

  it("stops a pass at its time limit once it has the least number of runs", async () => {
    await engine.load(0, smallNetwork());
    expect((await engine.pass(0, { ...PASS, maxMs: 0 })).runsNs).toHaveLength(2);
  });

  it("books every kernel on a node or the input of the model as it was sent", async () => {
    const kernels = (await engine.profile(smallNetwork(), { warmup: 1, runs: 3, minRuns: 3, maxMs: 10_000 })) ?? [];
    const keys = kernels.map(({ op, key }) => `${op} ${key}`);
    // Conv and Relu are fused and named by the last of them; the blocked layout is left after the second Conv.
    expect(keys).toEqual(expect.arrayContaining(["Conv n1", expect.stringMatching(/^ReorderOutput n[23]$/)]));
    expect(kernels.every(({ key }) => key !== null && /^(x|n\d+)$/.test(key))).toBe(true);
    expect(kernels[0]?.inputs).toEqual(["x"]);
  });

  it("books the parts of an operator that the engine takes apart on that operator", async () => {
    const builder = new ModelBuilder([1, 8, 16, 16]);
    const output = builder.unary("HardSwish", builder.unary("Tanh", builder.unary("HardSwish", builder.relu(builder.input))));
    const model = builder.finish(output, { id: "parts", family: "test" });
    const kernels = (await engine.profile(model, { warmup: 1, runs: 3, minRuns: 3, maxMs: 10_000 })) ?? [];
    const keys = kernels.map(({ op, key }) => `${op} ${key}`);
    expect(keys).toEqual(["Relu n0", "HardSigmoid n1", "Mul n1", "Tanh n2", "HardSigmoid n3", "Mul n3"]);
  });

  it("hands on the engine's own words for a model that it refuses, and lives on", async () => {
    const broken = { ...smallNetwork(), onnx: new TextEncoder().encode("not a model") };
    await expect(engine.load(1, broken)).rejects.toBeInstanceOf(EngineFailure);
    expect((await engine.probe()).memory.trafficBytes).toBeGreaterThan(0);
  });

  it("tells that its process was killed in the middle of a pass", async () => {
    const mortal = await PythonEngine.start(ONNX_RUNTIME, { cores: [0] });
    await mortal.load(0, smallNetwork());
    const pass = mortal.pass(0, { ...PASS, minMs: 60_000, maxMs: 60_000 });
    process.kill(mortal.description.pid, "SIGKILL");
    await expect(pass).rejects.toThrow(ProcessLost);
    await expect(pass).rejects.toThrow(/SIGKILL/);
    await mortal.close();
  });

  it.skipIf(os.cpus().length < 2)("runs in as many threads as it has cores, and counts the time of all", async () => {
    const wide = await PythonEngine.start(ONNX_RUNTIME, { cores: [0, 1], threads: 2 });
    expect(wide.description).toMatchObject({ threads: 2, cores: [0, 1] });
    await wide.load(0, smallNetwork());
    expect((await wide.pass(0, PASS)).cpuNs).toBeGreaterThan(0);
    await wide.close();
  });

  it("keeps several models loaded, each in its slot", async () => {
    await engine.load(0, smallNetwork());
    await engine.load(1, smallNetwork());
    await engine.unload(0);
    expect((await engine.pass(1, PASS)).runsNs).toHaveLength(8);
    await expect(engine.pass(0, PASS)).rejects.toBeInstanceOf(EngineFailure);
  });
});
