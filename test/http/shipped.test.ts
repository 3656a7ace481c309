import { beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../src/predict/types.js";
import { mobilenet, serveShipped, type ShippedService } from "../helper/shipped.js";

let service: ShippedService;
beforeAll(async () => {
  service = await serveShipped();
  return () => service.app.close();
});

const predict = (query: Readonly<Record<string, string>> = {}): Promise<Prediction> => service.predict(mobilenet(), query);

describe("the shipped weights, over HTTP", () => {
  it("predict a real export with every node covered and layers that make up the latency", async () => {
    const answer = await predict();
    expect(answer.coverage).toEqual({ nodes: 1, flops: 1, unsupportedOps: [] });
    expect(answer.latencyMs).toBeGreaterThan(1);
    expect(answer.latencyMs).toBeLessThan(200);
    const layers = answer.layers.reduce((sum, layer) => sum + layer.latencyMs, 0);
    expect(layers).toBeLessThanOrEqual(answer.latencyMs);
    expect(layers).toBeGreaterThan(0.9 * answer.latencyMs);
    expect(answer.interval.lowMs).toBeLessThan(answer.latencyMs);
    expect(answer.interval.highMs).toBeGreaterThan(answer.latencyMs);
    expect(answer.target).toBe(service.registry.defaultTarget);
  });

  it("grow with the load on the model's core", async () => {
    const latencies = [];
    for (const utilization of [0, 0.3, 0.6, 0.9]) latencies.push((await predict({ utilization: String(utilization) })).latencyMs);
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
    expect((latencies[3] ?? 0) / (latencies[0] ?? 1)).toBeGreaterThan(1.5);
  });

  it("say which state fields were used, filled in, or of no use to this target", async () => {
    const { state } = await predict({ utilization: "0.5", frequencyMHz: "2400" });
    expect(state.stateEffect).toBe("measured");
    expect(state.ignored).toEqual(["frequencyMHz"]);
    expect(state.imputed).toContain("bandwidthGBs");
  });

  it("answer for a kept model by its id as they did for the upload", async () => {
    const uploaded = await predict({ utilization: "0.4" });
    const { modelId } = uploaded;
    const response = await service.app.inject({ method: "POST", url: "/predict", payload: { modelId, state: { utilization: 0.4 } } });
    expect(response.json<Prediction>().latencyMs).toBeCloseTo(uploaded.latencyMs, 9);
  });

  it("state their accuracy on models that did not train", async () => {
    const response = await service.app.inject("/targets");
    const [target] = response.json<{ targets: { metrics: { rows: number; split: string }[] }[] }>().targets;
    expect(target?.metrics.map(({ split }) => split)).toEqual(["test models, idle", "test models, loaded"]);
    expect(target?.metrics.every(({ rows }) => rows > 0)).toBe(true);
  });
});
