import { beforeAll, describe, expect, it } from "vitest";
import { mobilenet, serveShipped, type ShippedService } from "../helper/shipped.js";

let service: ShippedService;
beforeAll(async () => {
  service = await serveShipped();
  return () => service.app.close();
});

describe.each(["onnxruntime", "mnn", "ncnn", "mindspore", "tflite"])("the shipped predictor of %s", (engine) => {
  const target = `epyc-genoa.${engine}.float32.1core`;

  it("covers a real export, in layers that make up nearly all of the latency", async () => {
    const { coverage, latencyMs, layers, interval } = await service.predict(mobilenet(), { target });
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

  it("tells what memory the engine's process takes: the weights at least, and more at the peak", async () => {
    const { memory } = await service.predict(mobilenet(), { target });
    const { peak, running } = memory.process ?? {};
    expect(running?.bytes).toBeGreaterThan(memory.weightBytes);
    // Fourteen MB of weights, some of it twice.
    expect(peak?.bytes).toBeLessThan(120e6);
    expect(peak?.bytes).toBeGreaterThanOrEqual(running?.bytes ?? Infinity);
    expect(peak?.interval.lowBytes).toBeLessThan(peak?.bytes ?? 0);
    expect(peak?.interval.highBytes).toBeGreaterThan(peak?.bytes ?? Infinity);
  });

  it("was measured under load, and grows with it", async () => {
    const answers = await Promise.all([0, 0.3, 0.6, 0.9].map((utilization) => service.predict(mobilenet(), { target, utilization: String(utilization) })));
    const latencies = answers.map(({ latencyMs }) => latencyMs);
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
    expect((latencies[3] ?? 0) / (latencies[0] ?? 1)).toBeGreaterThan(1.4);
    expect(answers[3]?.state.stateEffect).toBe("measured");
  });
});
