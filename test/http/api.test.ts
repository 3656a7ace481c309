import { describe, expect, it } from "vitest";
import { buildApp } from "../../src/http/app.js";
import { GraphSchema, modelSchema } from "../../src/http/schemas/model.js";
import { PredictionSchema, PredictionsSchema } from "../../src/http/schemas/prediction.js";
import { checker } from "../../src/http/validation.js";
import { listen, useServer } from "../helper/app.js";
import { FAKE_TARGET, OTHER_FAKE_TARGET } from "../helper/fake-registry.js";
import { convFile, dynamicFile, halfKnownFile } from "../helper/models.js";

const server = useServer();

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server().url}${path}`, init);
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  const body = (type.includes("json") ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, type, text, body };
}

const send = (path: string, body: string | Buffer | FormData, type?: string) =>
  call(path, { method: "POST", body, ...(type === undefined ? {} : { headers: { "content-type": type } }) });

const octets = (path: string, body: Buffer) => send(path, body, "application/octet-stream");

describe("models", () => {
  it("are created once, and found again by their id", async () => {
    const first = await octets("/models", convFile());
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      nodeCount: 2,
      inputs: [{ name: "x", dtype: "float32", shape: [1, 3, 16, 16] }],
      totals: { convolutions: 1 },
      unsupported: [],
    });
    const location = first.headers.get("location") ?? "";
    expect(location).toBe(`/models/${String(first.body.modelId)}`);

    const data = new FormData();
    data.append("model", new Blob([convFile()]), "conv.onnx");
    expect((await send("/models", data)).status).toBe(200);
    expect((await call(location)).body).toEqual(first.body);
  });

  it("show every node with shapes and costs", async () => {
    const { body } = await octets("/models", convFile());
    const { status, body: graph } = await call(`/models/${String(body.modelId)}/graph`);
    expect(status).toBe(200);
    expect(graph.nodes).toMatchObject([
      // 2 FLOPs for each of the 8 x 16 x 16 outputs' 27 products
      { name: "Conv_0", opType: "Conv", outputs: [{ name: "c", shape: [1, 8, 16, 16] }], flops: 2 * 27 * 8 * 256, fusedInto: null },
      { name: "Relu_1", opType: "Relu", inputs: ["c"] },
    ]);
  });

  it("show what an engine fuses, ONNX Runtime unless asked for another", async () => {
    const { body } = await octets("/models", convFile());
    const path = `/models/${String(body.modelId)}/graph`;
    expect((await call(path)).body).toMatchObject({ engine: "onnxruntime", nodes: [{ patterns: ["conv-relu"] }, { fusedInto: "Conv_0" }] });
    const copies = [{ kernel: "ReorderOutput", count: 1 }];
    expect((await call(`${path}?engine=ncnn`)).body).toMatchObject({ engine: "ncnn", kernels: [{ kernel: "Conv+Relu", count: 1 }, ...copies] });
    expect((await call(`${path}?engine=constructor`)).status).toBe(400);
  });

  it("take values for symbolic dimensions", async () => {
    const fixed = await octets("/models?dims=batch=3", dynamicFile());
    expect(fixed.body.inputs).toMatchObject([{ shape: [3, 3, 16, 16] }]);
    const data = new FormData();
    data.append("model", new Blob([dynamicFile()]), "m.onnx");
    data.append("dims", '{"batch":3}');
    expect((await send("/models", data)).body.modelId).toBe(fixed.body.modelId);
  });

  it("name the operators that are not known", async () => {
    const { body } = await octets("/models", halfKnownFile());
    expect(body.unsupported).toEqual([{ operator: "com.example:Frobnicate", count: 1 }]);
  });

  it.each(["/models/unknown", "/models/unknown/graph", "/models/__proto__", "/hardware-snapshot/unknown", "/targets/unknown", "/v2/models/unknown"])(
    "GET %s is a problem",
    async (path) => {
      const { status, type, body } = await call(path);
      expect(status).toBe(404);
      expect(type).toContain("application/problem+json");
      expect(body.type).toMatch(/^urn:tempograph:problem:unknown-/);
    },
  );
});

describe("hardware snapshots", () => {
  it("are normalised, kept, and age", async () => {
    const raw = "cpu  100 0 100 800 0 0 0 0 0 0\n==> /proc/cpuinfo <==\nprocessor : 0\ncpu MHz : 2000.0\n";
    const { status, body, headers } = await send("/hardware-snapshot", raw, "text/plain; charset=utf-8");
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: { utilization: 0.2, frequencyMHz: 2000 } });
    // The answer comes well within the snapshot's time to live.
    expect(body.ageMs).toBeGreaterThanOrEqual(0);
    expect(body.ageMs).toBeLessThan(600_000);
    expect(body.missing).toContain("bandwidthGBs");
    expect(Date.parse(String(body.expiresAt)) - Date.parse(String(body.createdAt))).toBe(600_000);
    const again = await call(headers.get("location") ?? "");
    expect(again.status).toBe(200);
    expect(again.body.state).toEqual(body.state);
  });

  it.each([
    ["application/json", '{"utilization":2}', 400, "utilization"],
    ["application/json", '{"counters":{"nope":2}}', 400, "counters.nope"],
    ["text/plain", "nothing known", 400, undefined],
    ["application/octet-stream", "x", 415, undefined],
  ])("as %s %s are refused", async (type, body, status, field) => {
    const answer = await send("/hardware-snapshot", body, type);
    expect(answer.status).toBe(status);
    expect(answer.body.field).toBe(field);
  });

  it("expire", async () => {
    const { url } = await listen({ limits: { snapshotTimeToLiveMs: 1 } });
    const made = await fetch(`${url}/hardware-snapshot`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    const { id } = (await made.json()) as { id: string };
    await expect.poll(async () => (await fetch(`${url}/hardware-snapshot/${id}`)).status).toBe(404);
  });
});

describe("targets, health and metadata", () => {
  it("list what can be predicted", async () => {
    const { body } = await call("/targets");
    expect(body.defaultTarget).toBe(FAKE_TARGET);
    expect(body.targets).toMatchObject([{ target: FAKE_TARGET, engine: "engine" }, { target: OTHER_FAKE_TARGET }]);
    expect((await call(`/targets/${OTHER_FAKE_TARGET}`)).body).toMatchObject({ cores: "2cores" });
    expect((await call(`/v2/models/${FAKE_TARGET}`)).body).toMatchObject({ name: FAKE_TARGET, versions: ["0"] });
  });

  it("are live and ready; without predictors live only", async () => {
    expect((await call("/v2/health/live")).body).toEqual({ live: true });
    expect((await call("/v2/health/ready")).body).toEqual({ ready: true });
    const empty = await buildApp({ registry: { defaultTarget: "", list: () => [], get: () => undefined } });
    expect((await empty.inject("/v2/health/live")).statusCode).toBe(200);
    expect((await empty.inject("/v2/health/ready")).statusCode).toBe(503);
    const predicted = await empty.inject({
      method: "POST",
      url: "/predict",
      payload: convFile(),
      headers: { "content-type": "application/octet-stream" },
    });
    expect(predicted.json()).toMatchObject({ type: "urn:tempograph:problem:not-ready", status: 503 });
    await empty.close();
  });
});

describe("metrics", () => {
  it("count requests by route and status, and predictions by target and phase", async () => {
    await octets("/predict", convFile());
    await call("/models/unknown");
    await call("/nowhere/at/all");
    const { text, type } = await call("/metrics");
    expect(type).toContain("text/plain");
    expect(text).toMatch(/tempograph_http_request_duration_seconds_count\{method="POST",route="\/predict",status="200"\} \d/);
    expect(text).toMatch(/route="\/models\/:id",status="404"/);
    expect(text).toMatch(/route="none",status="404"/);
    expect(text).toMatch(new RegExp(`tempograph_predictions_total\\{target="${FAKE_TARGET}"\\} \\d`));
    expect(text).toContain('tempograph_prediction_phase_seconds_count{phase="build"}');
    expect(text).toMatch(/tempograph_stored_models \d/);
  });
});

describe("answers", () => {
  it("are what their schemas say", async () => {
    const predicted = await octets("/predict", convFile());
    checker(PredictionSchema, "prediction")(predicted.body);
    const { modelId } = predicted.body;
    const many = await send("/predict", JSON.stringify({ modelId, targets: [FAKE_TARGET] }), "application/json");
    checker(PredictionsSchema, "predictions")(many.body);
    checker(modelSchema(""), "model")((await octets("/models", halfKnownFile())).body);
    checker(GraphSchema, "graph")((await call(`/models/${String(modelId)}/graph`)).body);
  });
});

describe("the description", () => {
  it("is at /openapi.json, /docs and /", async () => {
    const { body } = await call("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    const paths = body.paths as Record<string, { post?: { requestBody: { content: object } } }>;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/predict", "/models/{id}/graph", "/hardware-snapshot"]));
    expect(Object.keys(paths["/predict"]?.post?.requestBody.content ?? {})).toEqual([
      "multipart/form-data",
      "application/octet-stream",
      "application/json",
    ]);
    expect((await call("/docs")).status).toBe(200);
    expect((await call("/", { headers: { accept: "text/html" } })).text).toContain("<h1>tempograph</h1>");
    expect((await call("/")).body).toHaveProperty("links");
  });
});
