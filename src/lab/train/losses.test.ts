import { beforeAll, describe, expect, it } from "vitest";
import { initBackend, type Tf } from "../../model/backend.js";
import { concat } from "./arrays.js";
import { smoothL1, smoothL1Of, smoothL1Slope, weightedSum } from "./losses.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

describe("smoothL1", () => {
  const BETA = 0.1;
  const at = (...errors: readonly number[]): number[] => [...smoothL1(tf, tf.tensor1d([...errors]), BETA).dataSync()];

  it("is error^2 / (2 beta) below beta, and the size minus beta / 2 above", () => {
    const [zero, small, corner, large, negative] = at(0, 0.05, 0.1, 2, -2);
    expect(zero).toBe(0);
    expect(small).toBeCloseTo(0.05 ** 2 / 0.2, 6);
    expect(corner).toBeCloseTo(0.05, 6);
    expect(large).toBeCloseTo(1.95, 6);
    expect(negative).toBeCloseTo(1.95, 6);
  });

  it("has a slope that grows to 1 and stays there", () => {
    const slope = tf.grad((x) => smoothL1(tf, x, BETA));
    const [small, large, negative] = slope(tf.tensor1d([0.05, 3, -3])).dataSync();
    expect(small).toBeCloseTo(0.5, 5);
    expect(large).toBeCloseTo(1, 5);
    expect(negative).toBeCloseTo(-1, 5);
  });

  it("is the same of one number, and so is its slope", () => {
    const errors = [-2, -0.1, -0.03, 0, 0.07, 0.3];
    const slopes = [...tf.grad((x) => smoothL1(tf, x, BETA))(tf.tensor1d(errors)).dataSync()];
    at(...errors).forEach((value, i) => {
      expect(smoothL1Of(errors[i] ?? NaN, BETA)).toBeCloseTo(value, 5);
    });
    slopes.forEach((slope, i) => {
      expect(smoothL1Slope(errors[i] ?? NaN, BETA)).toBeCloseTo(slope, 5);
    });
  });
});

it("weightedSum adds up values times weights", () => {
  expect(weightedSum(tf, tf.tensor1d([1, 2, 3]), tf.tensor1d([0.5, 0, 2])).dataSync()[0]).toBeCloseTo(6.5, 6);
});

it("concat puts arrays one after the other", () => {
  expect(concat([Float32Array.of(1, 2), new Float32Array(0), Float32Array.of(3)])).toEqual(Float32Array.of(1, 2, 3));
  expect(concat([])).toHaveLength(0);
});
