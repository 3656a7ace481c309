import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";

import { Adam, clipByGlobalNorm } from "./adam.js";
import { initBackend, type Tf } from "./backend.js";
import { initLayers, mlpForward } from "./dense.js";
import { toParams, toVariables, type VariableSet } from "./params.js";
import { createRandom } from "./random.js";
import { cosineWithWarmup } from "./schedule.js";
import { fit, type FitOptions } from "./training.js";

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});
afterEach(() => tf.disposeVariables());

interface Row {
  readonly x: readonly [number, number];
  readonly y: number;
}

/** Synthetic: y = sin(x0) + x0 * x1. */
function syntheticRows(count: number, seed: number): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const x = [random.normal(), random.normal()] as const;
    return { x, y: Math.sin(x[0]) + x[0] * x[1] };
  });
}

function freshVariables(): VariableSet {
  return toVariables(tf, initLayers("net", [2, 32, 32, 1], createRandom(1)));
}

function meanSquaredError(variables: VariableSet, rows: readonly Row[]): Scalar {
  const x = tf.tensor2d(rows.map((row) => [...row.x]));
  const y: Tensor2D = tf.tensor2d(rows.map((row) => [row.y]));
  return tf.mean(tf.squaredDifference(mlpForward(tf, variables, "net", x), y));
}

const TRAIN = syntheticRows(256, 2);
const TEST = syntheticRows(64, 3);
const BASE: FitOptions = { epochs: 12, seed: 4, batchSize: 32, learningRate: 0.01 };

describe("fit", () => {
  it("learns a function from synthetic data", async () => {
    const variables = freshVariables();
    const errorNow = (): number => tf.tidy(() => meanSquaredError(variables, TEST).dataSync()[0] ?? NaN);
    const before = errorNow();
    const { history } = await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), {
      ...BASE,
      epochs: 40,
      clipNorm: 5,
      weightDecay: 1e-4,
    });
    expect(errorNow()).toBeLessThan(before / 20);
    expect(history).toHaveLength(40);
    expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss ?? 0) / 10);
    expect(history.at(-1)?.learningRate).toBeCloseTo(1e-4, 6);
  });

  it("gives the same weights for the same seed and others for another", async () => {
    const run = async (seed: number): Promise<unknown> => {
      const variables = freshVariables();
      await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), { ...BASE, epochs: 2, seed });
      return toParams(variables);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("takes no more steps in an epoch than it may, and every item once before any again", async () => {
    const variables = freshVariables();
    const taken: (readonly Row[])[] = [];
    const loss = (rows: readonly Row[]): Scalar => {
      taken.push(rows);
      return meanSquaredError(variables, rows);
    };
    const { history } = await fit(tf, variables, TRAIN, loss, { ...BASE, epochs: 8, mostSteps: 3 });
    expect(history).toHaveLength(8);
    expect(taken.map((rows) => rows.length)).toEqual(Array(24).fill(32));
    // Eight steps hold all of them.
    const times = [0, 8, 16].map((from) => new Set(taken.slice(from, from + 8).flat()));
    expect(times.map(({ size }) => size)).toEqual([256, 256, 256]);
    expect(taken[8]).not.toEqual(taken[0]);
  });

  it("keeps the best epoch's weights and stops when patience ends", async () => {
    const variables = freshVariables();
    const seen: unknown[] = [];
    const scores = [3, 1, 2, 2, 2, 0];
    const result = await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), {
      ...BASE,
      patience: 3,
      validate: () => {
        seen.push(toParams(variables));
        return scores[seen.length - 1] ?? NaN;
      },
    });
    expect(result).toMatchObject({ bestEpoch: 2, bestValidation: 1 });
    expect(result.history.map((report) => report.validation)).toEqual([3, 1, 2, 2, 2]);
    expect(toParams(variables)).toEqual(seen[1]);
  });

  it("judges and leaves the averaged weights, while training goes on from the present ones", async () => {
    const variables = freshVariables();
    const losses = async (averageDecay?: number): Promise<readonly number[]> => {
      const own = freshVariables();
      const options = averageDecay === undefined ? BASE : { ...BASE, averageDecay };
      const { history } = await fit(tf, own, TRAIN, (rows) => meanSquaredError(own, rows), options);
      return history.map((report) => report.loss);
    };
    expect(await losses(0.9)).toEqual(await losses());

    let judged: unknown;
    await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), {
      ...BASE,
      epochs: 1,
      averageDecay: 0.9,
      validate: () => {
        judged = toParams(variables);
        return 0;
      },
    });
    expect(toParams(variables)).toEqual(judged);
  });

  it("leaves no tensors behind", async () => {
    const variables = freshVariables();
    const validate = (): number => meanSquaredError(variables, TEST).dataSync()[0] ?? NaN;
    const options = { ...BASE, epochs: 2, averageDecay: 0.9, validate };
    const before = tf.memory().numTensors;
    await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), options);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says so when training diverges, and when there is nothing to train on", async () => {
    const variables = freshVariables();
    const diverged = fit(tf, variables, TRAIN, () => tf.mul(meanSquaredError(variables, TRAIN), NaN), BASE);
    await expect(diverged).rejects.toThrow(/NaN at step 1/);
    await expect(fit(tf, variables, [], () => tf.scalar(0), BASE)).rejects.toThrow(RangeError);
  });

  it("leaves variables alone that the loss does not depend on", async () => {
    const variables = new Map([...freshVariables(), ["unused", tf.variable(tf.scalar(7))]]);
    await fit(tf, variables, TRAIN, (rows) => meanSquaredError(variables, rows), { ...BASE, epochs: 1 });
    expect(variables.get("unused")?.dataSync()[0]).toBe(7);
  });
});

describe("Adam", () => {
  it("takes the same steps as tf.train.adam", () => {
    const initial = [1, -2, 3];
    const reference = tf.variable(tf.tensor1d(initial));
    const optimizer = tf.train.adam(0.1);
    const weights = Float32Array.from(initial);
    const adam = new Adam();
    for (let round = 0; round < 20; round++) {
      optimizer.minimize(() => tf.sum(tf.square(reference)));
      adam.step([{ weights, gradient: weights.map((weight) => 2 * weight) }], 0.1);
    }
    for (const [i, value] of reference.dataSync().entries()) expect(weights[i]).toBeCloseTo(value, 4);
    optimizer.dispose();
  });

  it("decays weights apart from their gradients", () => {
    const weights = Float32Array.of(2);
    new Adam({ weightDecay: 0.5 }).step([{ weights, gradient: Float32Array.of(0) }], 0.1);
    expect(weights[0]).toBeCloseTo(1.9, 6);
  });
});

describe("clipByGlobalNorm", () => {
  it("scales all gradients by one factor, and only when they are too long", () => {
    const gradients = [Float32Array.of(3), Float32Array.of(0, 4)];
    expect(clipByGlobalNorm(gradients, 10)).toBe(5);
    expect(gradients.map((gradient) => [...gradient])).toEqual([[3], [0, 4]]);
    clipByGlobalNorm(gradients, 2.5);
    expect(gradients.map((gradient) => [...gradient])).toEqual([[1.5], [0, 2]]);
  });
});

describe("cosineWithWarmup", () => {
  const schedule = { peak: 1, totalSteps: 101, warmupSteps: 10, finalShare: 0.1 };

  it("rises to the peak, falls to its final share and never leaves that range", () => {
    const rates = Array.from({ length: 101 }, (_, step) => cosineWithWarmup(step, schedule));
    expect(rates[0]).toBeCloseTo(0.1, 9);
    expect(rates[9]).toBe(1);
    expect(rates[10]).toBe(1);
    expect(rates[55]).toBeCloseTo(0.55, 9);
    expect(rates[100]).toBeCloseTo(0.1, 9);
    expect(Math.max(...rates)).toBe(1);
  });
});
