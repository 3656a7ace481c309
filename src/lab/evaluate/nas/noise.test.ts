import { expect, it } from "vitest";
import { createRandom } from "../../../model/random.js";
import { neighbourCorrelation } from "./noise.js";

it("errors that drift from row to row correlate, independent ones do not", () => {
  const random = createRandom(1);
  let drift = 0;
  const drifting = Array.from({ length: 2000 }, () => {
    drift = 0.9 * drift + 0.1 * random.normal();
    return { predicted: 10, measured: 10 * Math.exp(drift) };
  });
  const independent = drifting.map(() => ({ predicted: 10, measured: 10 * Math.exp(0.1 * random.normal()) }));
  expect(neighbourCorrelation(drifting)).toBeGreaterThan(0.8);
  expect(Math.abs(neighbourCorrelation(independent))).toBeLessThan(0.1);
});
