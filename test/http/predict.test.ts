import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listen, useServer } from "../helper/app.js";
import { FAKE_TARGET, fakeRegistry, OTHER_FAKE_TARGET } from "../helper/fake-registry.js";
import { convFile, dynamicFile, halfKnownFile, unknownFile } from "../helper/models.js";

const server = useServer();

type Json = Record<string, unknown>;

async function json(response: Response): Promise<{ status: number; body: Json; type: string | null }> {
  return { status: response.status, body: (await response.json()) as Json, type: response.headers.get("content-type") };
}

function post(url: string, body: string | Buffer | FormData, type?: string) {
  return fetch(url, { method: "POST", body, ...(type === undefined ? {} : { headers: { "content-type": type } }) }).then(json);
}

const octets = (url: string, body: Buffer) => post(url, body, "application/octet-stream");
const object = (url: string, body: unknown) => post(url, JSON.stringify(body), "application/json");

function form(parts: Readonly<Record<string, string | Buffer>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, new Blob([value]), `${name}.bin`);
  }
  return data;
}

describe("POST /predict with the ONNX bytes as the body", () => {
  it("answers with the latency, its parts, and where the time went", async () => {
    const { url } = server();
    const { status, body } = await octets(`${url}/predict?target=${FAKE_TARGET}&utilization=0.5&counters.cpuCycles=1e9`, convFile());
    expect(status).toBe(200);
    expect(body).toMatchObject({
      target: FAKE_TARGET,
      predictor: "fake",
      coverage: { nodes: 1, flops: 1, unsupportedOps: [] },
      state: { used: { utilization: 0.5, counters: { cpuCycles: 1e9 } }, imputed: [], ignored: [], stateEffect: "none" },
      outOfDistribution: { flag: false, score: 0, reasons: [] },
    });
    expect(body.latencyMs).toBeGreaterThan(0);
    expect(body.modelId).toMatch(/^[0-9a-f]{64}$/);
    expect((body.layers as Json[]).map((layer) => layer.opType)).toEqual(["Conv", "Relu"]);
    const timings = body.timingsMs as Record<string, number>;
    expect(Object.keys(timings).sort()).toEqual(["afterLastByte", "build", "embed", "parse", "predict", "receive", "total"]);
    expect(timings.total).toBeCloseTo((timings.receive ?? 0) + (timings.afterLastByte ?? 0), 6);
  });

  it("takes the default target where none is named", async () => {
    const { url } = server();
    expect((await octets(`${url}/predict`, convFile())).body.target).toBe(FAKE_TARGET);
  });

  it("embeds the same file once, and again for other dimensions", async () => {
    const registry = fakeRegistry();
    const { url } = await listen({ registry });
    const first = await octets(`${url}/predict?dims=batch=1`, dynamicFile());
    const again = await octets(`${url}/predict?dims=batch=1`, dynamicFile());
    const other = await octets(`${url}/predict?dims=batch:4`, dynamicFile());
    expect(again.body.modelId).toBe(first.body.modelId);
    expect(other.body.modelId).not.toBe(first.body.modelId);
    expect(registry.predictors.get(FAKE_TARGET)?.embedCalls).toBe(2);
  });

  it("names the dimension that has no value", async () => {
    const { url } = server();
    const { status, body, type } = await octets(`${url}/predict`, dynamicFile());
    expect(status).toBe(422);
    expect(type).toContain("application/problem+json");
    expect(body).toMatchObject({ type: "urn:tempograph:problem:unresolved-dimension", status: 422 });
    expect(JSON.stringify(body)).toContain("batch");
  });

  it("names an operator that is not known, and answers for the rest", async () => {
    const { url } = server();
    const { status, body } = await octets(`${url}/predict`, halfKnownFile());
    expect(status).toBe(200);
    expect(body.coverage).toEqual({ nodes: 0.5, flops: 0.5, unsupportedOps: ["com.example:Frobnicate"] });
  });

  it("refuses to predict where nothing is known", async () => {
    const { url } = server();
    const { status, body } = await octets(`${url}/predict`, unknownFile());
    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: "urn:tempograph:problem:unpredictable",
      unsupportedOps: ["com.example:Frobnicate"],
    });
  });

  it("lists the targets that there are when it does not know one", async () => {
    const { url } = server();
    const { status, body } = await octets(`${url}/predict?target=pixel99`, convFile());
    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: "urn:tempograph:problem:unknown-target",
      targets: [FAKE_TARGET, OTHER_FAKE_TARGET],
    });
  });

  it.each([
    ["utilization=1.5", "utilization"],
    ["utilization=NaN", "utilization"],
    ["utilization=Infinity", "utilization"],
    ["utilization=", "utilization"],
    ["utilization=0x1", "utilization"],
    ["utilization=0.1&utilization=0.2", "utilization"],
    ["frequencyMHz=0", "frequencyMHz"],
    ["frequencymhz=1", "frequencymhz"],
    ["counters.nothing=1", "counters.nothing"],
    ["__proto__=1", "__proto__"],
    ["dims=batch", "dims"],
    ["dims=batch=-1", "dims"],
    ["dims=a=1,a=2", "dims"],
    ["dims=a=99999999999999999", "dims"],
  ])("refuses ?%s and names the field", async (query, field) => {
    const { url } = server();
    const { status, body } = await octets(`${url}/predict?${query}`, convFile());
    expect(status).toBe(400);
    expect(body.field).toBe(field);
  });
});

describe("POST /predict with a form", () => {
  it("takes model, target, state and dims in any order, as fields or as files", async () => {
    const { url } = server();
    const state = JSON.stringify({ utilization: 0.25 });
    for (const parts of [
      { model: dynamicFile(), target: OTHER_FAKE_TARGET, state, dims: '{"batch": 2}' },
      { dims: "batch=2", state: Buffer.from(state), target: OTHER_FAKE_TARGET, model: dynamicFile() },
    ]) {
      const { status, body } = await post(`${url}/predict`, form(parts));
      expect(body).toMatchObject({ target: OTHER_FAKE_TARGET, state: { used: { utilization: 0.25 } } });
      expect(status).toBe(200);
    }
  });

  it("takes a state that declares itself JSON", async () => {
    const { url } = server();
    const data = form({ model: convFile() });
    data.append("state", new Blob(['{"utilization":0.75}'], { type: "application/json" }));
    expect((await post(`${url}/predict`, data)).body).toMatchObject({ state: { used: { utilization: 0.75 } } });
  });

  it.each([
    ["a missing model", { target: FAKE_TARGET }, "model"],
    ["an unknown part", { model: Buffer.alloc(0), color: "red" }, "color"],
    ["a model that is not a file", { model: "text" }, "model"],
    ["a state out of range", { model: convFile(), state: '{"utilization":7}' }, "utilization"],
    ["a state with NaN", { model: convFile(), state: '{"utilization":NaN}' }, undefined],
    ["a state with an unknown field", { model: convFile(), state: '{"load":1}' }, "load"],
    ["a state with __proto__", { model: convFile(), state: '{"__proto__":{"utilization":1}}' }, "__proto__"],
  ] as const)("refuses %s", async (_name, parts, field) => {
    const { url } = server();
    const { status, body } = await post(`${url}/predict`, form(parts));
    expect(status).toBe(400);
    expect(body.field).toBe(field);
    await server().isAlive();
  });
});

describe("POST /predict for a model that was sent before", () => {
  it("answers by id, for one target or for several", async () => {
    const { url } = server();
    const { body: model } = await octets(`${url}/models`, convFile());
    const one = await object(`${url}/predict`, { modelId: model.modelId, state: { utilization: 1 } });
    expect(one.body).toMatchObject({ modelId: model.modelId, target: FAKE_TARGET, state: { used: { utilization: 1 } } });
    const two = await object(`${url}/predict`, { modelId: model.modelId, targets: [OTHER_FAKE_TARGET, FAKE_TARGET] });
    expect((two.body.predictions as Json[]).map((each) => each.target)).toEqual([OTHER_FAKE_TARGET, FAKE_TARGET]);
    expect(two.body.modelId).toBe(model.modelId);
    expect((two.body.predictions as Json[])[0]).toHaveProperty("layers");
  });

  it("uses a snapshot", async () => {
    const { url } = server();
    const { body: model } = await octets(`${url}/models`, convFile());
    const { body: snapshot } = await object(`${url}/hardware-snapshot`, { utilization: 0.5 });
    const { body } = await object(`${url}/predict`, { modelId: model.modelId, snapshotId: snapshot.id });
    expect(body).toMatchObject({ state: { used: { utilization: 0.5 } } });
  });

  it.each([
    [{ modelId: "0".repeat(64) }, 404, "unknown-model"],
    [{ modelId: "0".repeat(64), snapshotId: "none" }, 404, "unknown-snapshot"],
    [{ modelId: "0".repeat(64), target: "none" }, 404, "unknown-target"],
    [{ modelId: "0".repeat(64), target: FAKE_TARGET, targets: [FAKE_TARGET] }, 400, "invalid-request"],
    [{ modelId: "0".repeat(64), targets: [] }, 400, "invalid-request"],
    [{ modelId: "0".repeat(64), state: { utilization: 1 }, snapshotId: "x" }, 400, "invalid-request"],
    [{ modelId: 7 }, 400, "invalid-request"],
    [{}, 400, "invalid-request"],
    [[], 400, "invalid-request"],
    [{ modelId: "0".repeat(64), state: { utilization: null } }, 400, "invalid-request"],
    [{ modelId: "0".repeat(64), sate: {} }, 400, "invalid-request"],
  ] as const)("refuses %j", async (body, status, name) => {
    const { url } = server();
    const answer = await object(`${url}/predict`, body);
    expect(answer.body).toMatchObject({ status, type: `urn:tempograph:problem:${name}` });
    expect(answer.status).toBe(status);
  });
});

describe("a real network", () => {
  it("is predicted from its file", async () => {
    const { url } = server();
    const file = readFileSync(new URL("../../examples/mobilenetv2.onnx", import.meta.url));
    const { status, body } = await octets(`${url}/predict`, file);
    expect(status).toBe(200);
    expect((body.coverage as Json).unsupportedOps).toEqual([]);
  });
});
