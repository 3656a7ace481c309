import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../src/http/app.js";
import type { App } from "../../src/http/types.js";
import { loadTargets } from "../../src/predict/index.js";
import type { Prediction } from "../../src/predict/types.js";

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const mobilenet = readFileSync(root("examples/mobilenetv2.onnx"));

let app: App;
beforeAll(async () => {
  app = await buildApp({ registry: await loadTargets(root("weights")) });
  return () => app.close();
});

async function predict(target: string, state = ""): Promise<Prediction> {
  const response = await app.inject({
    method: "POST",
    url: `/predict?target=${target}${state}`,
    headers: { "content-type": "application/octet-stream" },
    payload: mobilenet,
  });
  expect(response.statusCode).toBe(200);
  return response.json();
}

describe.each(["mnn", "ncnn"])("the shipped predictor of %s", (engine) => {
  const target = `epyc-genoa.${engine}.float32.1core`;

  it("covers a real export, in layers that make up nearly all of the latency", async () => {
    const { coverage, latencyMs, layers, interval } = await predict(target);
    expect(coverage).toEqual({ nodes: 1, flops: 1, unsupportedOps: [] });
    // What 0.3 GMACs take on one core of a server.
    expect(latencyMs).toBeGreaterThan(2);
    expect(latencyMs).toBeLessThan(50);
    const sum = layers.reduce((total, layer) => total + layer.latencyMs, 0);
    expect(sum).toBeGreaterThan(0.9 * latencyMs);
    expect(sum).toBeLessThanOrEqual(latencyMs * 1.0001);
    expect(interval.lowMs).toBeLessThan(latencyMs);
    expect(interval.highMs).toBeGreaterThan(latencyMs);
  });

  it("was measured under load, and grows with it", async () => {
    const answers = await Promise.all([0, 0.3, 0.6, 0.9].map((utilization) => predict(target, `&utilization=${utilization}`)));
    const latencies = answers.map(({ latencyMs }) => latencyMs);
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
    expect((latencies[3] ?? 0) / (latencies[0] ?? 1)).toBeGreaterThan(1.4);
    expect(answers[3]?.state.stateEffect).toBe("measured");
  });
});
