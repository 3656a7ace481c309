import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../src/http/app.js";
import type { App } from "../../src/http/types.js";
import { zooModel } from "../../src/lab/zoo/by-id.js";
import { type Cell, indexOfCell } from "../../src/lab/zoo/nas/nasbench201-space.js";
import { loadTargets } from "../../src/predict/index.js";
import type { Prediction } from "../../src/predict/types.js";

const DEVICES = ["pixel3", "pixel2", "samsung_a50", "silver_4114", "gold_6226"];
let app: App;

beforeAll(async () => {
  app = await buildApp({ registry: await loadTargets(fileURLToPath(new URL("../../weights", import.meta.url))) });
  return () => app.close();
});

async function predict(zooId: string, target: string): Promise<Prediction> {
  const response = await app.inject({
    method: "POST",
    url: `/predict?target=${target}`,
    headers: { "content-type": "application/octet-stream" },
    payload: Buffer.from(zooModel(zooId).onnx),
  });
  expect(response.statusCode).toBe(200);
  return response.json();
}

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
