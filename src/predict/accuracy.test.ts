import { expect, it } from "vitest";
import { accuracyOf } from "./accuracy.js";

it("counts the bounds in and takes errors relative to the measurement", () => {
  const accuracy = accuracyOf([
    { predicted: 105, measured: 100 },
    { predicted: 90, measured: 100 },
    { predicted: 150, measured: 100 },
    { predicted: 100, measured: 100 },
  ]);
  expect(accuracy.within10Percent).toBe(75);
  expect(accuracy.within5Percent).toBe(50);
  expect(accuracy.mapePercent).toBeCloseTo((5 + 10 + 50) / 4, 9);
  expect(accuracy.rmspePercent).toBeCloseTo(Math.sqrt((25 + 100 + 2500) / 4), 9);
  expect(accuracy.rows).toBe(4);
});
