import { expect, it } from "vitest";
import { nasSplit, sampleRows, SAMPLE_COUNT, TRAINING_COUNT } from "./split.js";

it("900 rows train and every other row tests, the same each time", () => {
  const { training, test } = nasSplit(4000);
  expect(training).toHaveLength(TRAINING_COUNT);
  expect(new Set([...training, ...test]).size).toBe(4000);
  expect(nasSplit(4000)).toEqual({ training, test });
});

it("draws of samples differ from each other and not from run to run", () => {
  const draws = [0, 1].map((draw) => sampleRows(4000, draw));
  expect(draws.map((rows) => new Set(rows).size)).toEqual([SAMPLE_COUNT, SAMPLE_COUNT]);
  expect(draws[0]).not.toEqual(draws[1]);
  expect(sampleRows(4000, 1)).toEqual(draws[1]);
});
