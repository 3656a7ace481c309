import { beforeAll, describe, expect, it } from "vitest";
import { zooModel } from "../../src/lab/zoo/by-id.js";
import { type Cell, indexOfCell } from "../../src/lab/zoo/nas/nasbench201-space.js";
import type { Prediction } from "../../src/predict/types.js";
import { serveShipped, type ShippedService } from "../helper/shipped.js";

const DEVICES = ["pixel3", "pixel2", "samsung_a50", "silver_4114", "gold_6226"];

let service: ShippedService;
beforeAll(async () => {
  service = await serveShipped();
  return () => service.app.close();
});

const predict = (zooId: string, target: string): Promise<Prediction> =>
  service.predict(Buffer.from(zooModel(zooId).onnx), { target });

function cellId(operation: Cell[number]): string {
  return `nasbench201-${indexOfCell(Array<Cell[number]>(6).fill(operation))}`;
}

describe.each(DEVICES)("the shipped search spaces on %s", (device) => {
  it("take longer for cells of convolutions than for cells of skips, with every node covered", async () => {
    const target = `${device}.hwnasbench.float32.nasbench201`;
    const [light, heavy] = [await predict(cellId("skip_connect"), target), await predict(cellId("nor_conv_3x3"), target)];
    expect(heavy.coverage).toEqual({ nodes: 1, flops: 1, unsupportedOps: [] });
    expect(heavy.latencyMs).toBeGreaterThan(2 * light.latencyMs);
    expect(heavy.outOfDistribution.flag).toBe(false);
  });

  it("take longer for FBNets of wide blocks than of narrow ones, inside their own interval", async () => {
    const target = `${device}.hwnasbench.float32.fbnet`;
    const [narrow, wide] = [await predict(`fbnet-${"0".repeat(22)}`, target), await predict(`fbnet-${"7".repeat(22)}`, target)];
    expect(wide.latencyMs).toBeGreaterThan(1.2 * narrow.latencyMs);
    expect(wide.interval.lowMs).toBeLessThan(wide.latencyMs);
    expect(wide.interval.highMs).toBeGreaterThan(wide.latencyMs);
  });
});
