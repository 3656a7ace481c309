import { describe, expect, it } from "vitest";
import { syntheticFeatures } from "../../../../test/helper/synthetic.js";
import { flopsAndBytes, flopsLine } from "./lines.js";

const MODELS = [16, 24, 32, 40, 48].flatMap((width) => [1, 2].map((depth) => syntheticFeatures(width, depth)));

/** MADE-UP latencies by a law of totals. */
function rows(law: (flops: number, bytes: number) => number) {
  return MODELS.map((features) => {
    const { flops, bytesRead, bytesWritten } = features.graph.totals;
    return { features, latencyUs: law(flops, bytesRead + bytesWritten) };
  });
}

describe("lines on totals", () => {
  it("find a law that they can write", () => {
    for (const [fit, law] of [
      [flopsLine, (flops: number) => 20 + flops / 5000],
      [flopsAndBytes, (flops: number, bytes: number) => 20 + flops / 5000 + bytes / 300],
    ] as const) {
      const known = rows(law);
      for (const { predicted, measured } of fit(known.slice(0, -2), known.slice(-2))) expect(predicted / measured).toBeCloseTo(1, 4);
    }
  });

  it("never count bytes or a call as less than nothing", () => {
    const falling = rows((flops) => 1e9 / flops);
    for (const { predicted } of flopsAndBytes(falling, falling)) expect(predicted).toBeGreaterThanOrEqual(0);
  });
});
