import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../src/predict/types.js";
import { root, serveShipped, type ShippedService } from "../helper/shipped.js";

const network = (name: string): Buffer => gunzipSync(readFileSync(root(`datasets/phones-networks/${name}.onnx.gz`)));

let service: ShippedService;
beforeAll(async () => {
  service = await serveShipped();
  return () => service.app.close();
});

const predict = (name: string, target: string, state: Readonly<Record<string, string>> = {}): Promise<Prediction> =>
  service.predict(network(name), { target, ...state });

describe("the shipped phones, over HTTP", () => {
  it("are targets beside the recorded machine, which stays the default", () => {
    const phones = service.registry.list().filter(({ predictor }) => predictor.startsWith("phones-"));
    expect(phones).toHaveLength(136);
    expect(service.registry.defaultTarget).toContain("onnxruntime");
  });

  it("are listed in an answer of sensible size", async () => {
    const response = await service.app.inject({ url: "/targets" });
    expect(response.statusCode).toBe(200);
    expect(response.body.length).toBeLessThan(200_000);
  });

  it.each([
    ["resnet10", "pixel4.tflite.float32.1large"],
    ["mobilenetv2_w1", "a03s.torch.int8.4small"],
    ["mobilenetv2_w1", "iphonexs.tflite.float32.gpu"],
  ])("answer for %s on %s with layers, coverage and an interval", async (name, target) => {
    const answer = await predict(name, target);
    expect(answer).toMatchObject({ target, coverage: { nodes: 1, flops: 1 }, state: { stateEffect: "none" } });
    expect(answer.latencyMs).toBeGreaterThan(1);
    expect(answer.latencyMs).toBeLessThan(2000);
    expect(answer.interval.lowMs).toBeLessThan(answer.latencyMs);
    expect(answer.interval.highMs).toBeGreaterThan(answer.latencyMs);
    const layers = answer.layers.reduce((sum, layer) => sum + layer.latencyMs, 0);
    expect(layers).toBeLessThanOrEqual(answer.latencyMs * 1.0001);
    expect(layers).toBeGreaterThan(0.5 * answer.latencyMs);
  });

  it("know that more and faster cores are faster", async () => {
    const ms = async (cores: string): Promise<number> => (await predict("resnet10", `pixel4.tflite.float32.${cores}`)).latencyMs;
    const [large, small, smalls] = [await ms("1large"), await ms("1small"), await ms("4small")];
    expect(large).toBeLessThan(small / 2);
    expect(smalls).toBeLessThan(small / 2);
  });

  it("follow a frequency, and say that this was not measured", async () => {
    const usual = await predict("resnet10", "mi8se.tflite.float32.1large");
    const slowed = await predict("resnet10", "mi8se.tflite.float32.1large", { frequencyMHz: "1100" });
    expect(slowed.latencyMs / usual.latencyMs).toBeCloseTo(2, 2);
    expect(slowed.state.stateEffect).toBe("transferred");
    const mixed = await predict("resnet10", "pixel4.tflite.float32.1large1med", { frequencyMHz: "1100" });
    expect(mixed.state).toMatchObject({ stateEffect: "none", ignored: ["frequencyMHz"] });
  });
});
