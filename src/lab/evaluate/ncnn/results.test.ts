import { describe, expect, it } from "vitest";
import { createRandom } from "../../../model/random.js";
import type { NcnnRun } from "../../published/ncnn/table.js";
import { accuracyOf } from "../metrics.js";
import { GIVEN_COUNT, givenNetworks, ncnnMatrix } from "./leave-out.js";
import { chosenPredictions, NCNN_SETTINGS, nearestRun, settingPredictions, speedOnly, twins } from "./results.js";

const NETWORKS = Array.from({ length: 18 }, (_, i) => `net${String(i).padStart(2, "0")}`);

/** Boards of two traits, speed and how much wide networks cost them: all made up. Boards 0 and 1 have one chip. */
function runsOf(change: (device: string, latency: number) => number = (_, latency) => latency): NcnnRun[] {
  const random = createRandom(9);
  return Array.from({ length: 60 }, (_, i) => {
    const device = i < 2 ? `Board ${i}, Rockchip RK3399 (x)` : `Board ${i} (Core ${i})`;
    const [speed, wide] = [random.normal(), random.normal()];
    const latencyMs = new Map(
      NETWORKS.map((name, j) => {
        const latency = change(device, Math.exp(3 + speed + 0.05 * j * (1 + wide) + 0.01 * random.normal()));
        return [name, { min_ms: latency, avg_ms: latency }];
      }),
    );
    return { id: String(i), device, threads: 4, powersave: 0, gpuDevice: -1, latencyMs };
  });
}

const MATRIX = ncnnMatrix(runsOf(), "min_ms");
const [NORMAL, HEAVY] = NCNN_SETTINGS;
if (NORMAL === undefined || HEAVY === undefined) throw new Error("two settings");

describe("a board left out", () => {
  it("is predicted better than by its speed alone, and its intervals hold", () => {
    const predictions = settingPredictions(MATRIX, NORMAL, true);
    const accuracy = accuracyOf(predictions);
    expect(accuracy.within10Percent).toBeGreaterThan(98);
    expect(accuracy.within10Percent).toBeGreaterThan(accuracyOf(speedOnly(MATRIX)).within10Percent);
    expect(accuracy.mapePercent).toBeLessThan(accuracyOf(nearestRun(MATRIX)).mapePercent);
    expect(predictions.filter(({ insideInterval }) => insideInterval).length / predictions.length).toBeGreaterThan(0.8);
  });

  it("learns nothing from another board of its chip", () => {
    const other = ncnnMatrix(runsOf((device, latency) => (device.startsWith("Board 1,") ? 50 * latency ** 2 : latency)), "min_ms");
    const first = (matrix: typeof MATRIX): number[] =>
      settingPredictions(matrix, HEAVY, false).slice(0, 8).map(({ predicted }) => predicted);
    expect(first(other)).toEqual(first(MATRIX));
  });

  it("is given ten networks, the same of every run of its group", () => {
    const drawn = [0, 1].map((run) => givenNetworks(MATRIX, run, 0));
    expect(drawn[0]?.given).toHaveLength(GIVEN_COUNT);
    expect(drawn[0]?.tested).toHaveLength(NETWORKS.length - GIVEN_COUNT);
    expect(drawn[1]).toEqual(drawn[0]);
    expect(givenNetworks(MATRIX, 0, 1)).not.toEqual(drawn[0]);
  });
});

it("each half of the boards is predicted by the setting that the other half chooses", () => {
  const group = (i: number): string => `g${i}`;
  const row = (i: number, predicted: number) => ({ predicted, measured: 1, group: group(i), gpu: false, insideInterval: null });
  // The first setting is right on even boards, the second on odd ones.
  const settings = [[row(0, 1), row(1, 2)], [row(0, 2), row(1, 1)]];
  expect(chosenPredictions(settings)).toEqual({ chosen: [1, 0], predictions: [row(0, 2), row(1, 2)] });
});

it("boards of one chip are compared but for one factor", () => {
  const result = twins(MATRIX);
  expect(result.pairs).toBe(1);
  expect(result.accuracy.rows).toBe(NETWORKS.length);
});
