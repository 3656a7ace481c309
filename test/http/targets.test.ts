import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { TargetSchema } from "../../src/http/schemas/target.js";
import { checker } from "../../src/http/validation.js";
import { listen, type TestServer } from "../helper/app.js";
import { onnxFile, unknownFile } from "../helper/models.js";
import { SYNTHETIC_TARGET, syntheticTarget } from "../helper/synthetic-target.js";

const base = syntheticTarget();
const registry = { defaultTarget: SYNTHETIC_TARGET, list: () => [base.info], get: (id: string) => (id === SYNTHETIC_TARGET ? base : undefined) };
const TARGET = "board.onnxruntime.float32.1core";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(server: TestServer, path: string, body?: unknown, type = "application/json"): Promise<Answer> {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": type }, body: body instanceof Buffer || typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

/** A convolution of so many channels. */
function convolution(channels: number): Buffer {
  return onnxFile({
    input: [1, 3, 32, 32],
    nodes: [
      { op: "Conv", inputs: ["x", "w"], output: "c", attributes: { pads: [1, 1, 1, 1] } },
      { op: "Relu", inputs: ["c"], output: "y" },
    ],
    weights: { w: [channels, 3, 3, 3] },
  });
}

interface Row {
  readonly modelId: string;
  readonly latencyMs: number;
}

/** MADE UP measurements: three times what the base predicts. */
async function measured(server: TestServer, count = 4): Promise<Row[]> {
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) {
    const { body } = await call(server, "/predict", convolution(8 * (i + 1)), "application/octet-stream");
    rows.push({ modelId: String(body.modelId), latencyMs: 3 * Number(body.latencyMs) });
  }
  return rows;
}

describe("POST /targets", () => {
  it("adds a device that is served from then on, for models that were embedded before and new ones", async () => {
    const server = await listen({ registry });
    const measurements = await measured(server);
    const created = await call(server, "/targets", { target: TARGET, machine: "a board", measurements });
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(`/targets/${TARGET}`);
    checker(TargetSchema, "answer")(created.body);
    expect(created.body).toMatchObject({
      target: TARGET,
      device: "board",
      machine: "a board",
      metrics: [{ split: "networks left out of the calibration", rows: 4, within10Percent: 100 }],
      calibration: { base: SYNTHETIC_TARGET, networks: 4, measurements: 4 },
    });
    expect((await call(server, `/targets/${TARGET}`)).body).toEqual(created.body);
    expect((await call(server, "/targets")).body.targets).toHaveLength(2);

    for (const { modelId, latencyMs } of measurements) {
      const { body } = await call(server, "/predict", { modelId, targets: [TARGET, SYNTHETIC_TARGET] });
      const [calibrated, trained] = body.predictions as { latencyMs: number; target: string }[];
      expect(calibrated?.target).toBe(TARGET);
      expect((calibrated?.latencyMs ?? 0) / latencyMs).toBeCloseTo(1, 2);
      expect((trained?.latencyMs ?? 0) / latencyMs).toBeCloseTo(1 / 3, 2);
    }
    const fresh = await call(server, `/predict?target=${TARGET}&utilization=0.5`, convolution(52), "application/octet-stream");
    expect(fresh.body).toMatchObject({ target: TARGET, state: { stateEffect: "transferred" } });
    expect((await call(server, "/predict", { modelId: fresh.body.modelId, target: TARGET, state: { utilization: 0.5 } })).body.latencyMs).toBe(fresh.body.latencyMs);
  });

  it("keeps it in the folder where there is one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tempograph-targets-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const server = await listen({ registry, targetsFolder: folder });
    const measurements = await measured(server);
    const { body } = await call(server, "/targets", { target: TARGET, measurements });
    expect(readdirSync(folder)).toEqual([`${TARGET}.json`]);
    const another = await listen({ registry, targetsFolder: folder });
    expect((await call(another, `/targets/${TARGET}`)).body).toEqual(body);
  });

  it("refuses with a type for each reason, and goes on serving", async () => {
    const server = await listen({ registry, limits: { maxTargets: 1, maxMeasurements: 5 } });
    const measurements = await measured(server);
    const [first, ...others] = measurements;
    const { body: odd } = await call(server, "/models", unknownFile(), "application/octet-stream");
    const problem = async (body: unknown): Promise<unknown[]> => {
      const { status, body: answer, headers } = await call(server, "/targets", body);
      expect(headers.get("content-type")).toContain("application/problem+json");
      await server.isAlive();
      return [status, String(answer.type).split(":").at(-1), answer.field];
    };
    const withLatency = (latencyMs: unknown): object => ({ target: TARGET, measurements: [...others, { ...first, latencyMs }] });

    expect(await problem({ target: TARGET, measurements: measurements.slice(0, 2) })).toEqual([422, "too-few-measurements", "measurements"]);
    expect(await problem({ target: TARGET, measurements: [first, first, first] })).toEqual([422, "too-few-measurements", "measurements"]);
    expect(await problem({ target: TARGET, measurements: [] })).toEqual([422, "too-few-measurements", "measurements"]);
    for (const latency of [0, -1, null, "NaN"]) {
      expect(await problem(withLatency(latency))).toEqual([400, "invalid-latency", "measurements.3.latencyMs"]);
    }
    expect(await problem(JSON.stringify(withLatency(7)).replace('"latencyMs":7', '"latencyMs":1e999'))).toEqual([400, "invalid-latency", "measurements.3.latencyMs"]);
    expect(await problem({ target: TARGET, measurements: [...others, { ...first, modelId: "nobody" }] })).toEqual([404, "unknown-model", "measurements.3.modelId"]);
    expect(await problem({ target: TARGET, base: "a.b.c.d", measurements })).toEqual([404, "unknown-target", "base"]);
    expect(await problem({ target: TARGET, measurements: [...others, { modelId: odd.modelId, latencyMs: 1 }, first].map((row, i) => ({ ...row, latencyMs: i + 1 })) })).toEqual([
      422,
      "unpredictable",
      "measurements.3",
    ]);
    for (const target of ["board", "a.b.c.d.e", "../../x.y.z", "a b.c.d.e", "__proto__"]) {
      expect(await problem({ target, measurements })).toEqual([400, "invalid-target-name", "target"]);
    }
    expect(await problem({ target: SYNTHETIC_TARGET, measurements })).toEqual([409, "shipped-target", "target"]);
    expect(await problem({ target: TARGET, measurements: [...measurements, ...measurements] })).toEqual([400, "invalid-request", "measurements"]);
    expect(await problem({ target: TARGET, measurements, colour: "red" })).toEqual([400, "invalid-request", "colour"]);
    expect(await problem([])).toEqual([400, "invalid-request", undefined]);

    expect((await call(server, "/targets", { target: TARGET, measurements })).status).toBe(201);
    expect(await problem({ target: TARGET, measurements })).toEqual([409, "duplicate-target", "target"]);
    expect(await problem({ target: "other.onnxruntime.float32.1core", measurements })).toEqual([409, "too-many-targets", "target"]);
    expect(await problem({ target: "third.onnxruntime.float32.1core", base: TARGET, measurements })).toEqual([409, "too-many-targets", "target"]);
    expect((await call(server, "/targets", "target=x", "text/plain")).status).toBe(415);
  });

  it("takes no calibrated target for a base", async () => {
    const server = await listen({ registry });
    const measurements = await measured(server);
    await call(server, "/targets", { target: TARGET, measurements });
    const { status, body } = await call(server, "/targets", { target: "third.onnxruntime.float32.1core", base: TARGET, measurements });
    expect([status, body.type]).toEqual([422, "urn:tempograph:problem:not-a-base"]);
  });
});
