import { beforeAll, describe, expect, it } from "vitest";
import { SYNTHETIC_IDLE, syntheticAdditive } from "../../../test/helper/synthetic.js";
import { syntheticIdleExamples, syntheticLoadedExamples } from "../../../test/helper/synthetic-rows.js";
import { type AdditiveModel, AdditivePredictor, IdlePredictor } from "../../model/additive.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { slowdownName } from "../../model/slowdown.js";
import type { LoadedExample } from "./examples.js";
import { trainSlowdown } from "./slowdown.js";

const BETA = 0.03;
const IDLE = syntheticIdleExamples([1]);
const LOADED = syntheticLoadedExamples(IDLE, 12);
const TRAINING = LOADED.filter((_, i) => i % 4 !== 0);
const VALIDATION = LOADED.filter((_, i) => i % 4 === 0);
const IDLE_STATES = Array.from({ length: 5 }, () => SYNTHETIC_IDLE);

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

async function train(epochs: number): Promise<{ model: AdditiveModel; reported: number }> {
  const messages: string[] = [];
  const idleModel = syntheticAdditive();
  const onProgress = (message: string): void => void messages.push(message);
  const slowdown = await trainSlowdown(tf, new IdlePredictor(null, idleModel), TRAINING, VALIDATION, IDLE_STATES, { seed: 1, members: 1, epochs, onProgress });
  return { model: { ...idleModel, slowdown }, reported: Number(/validation loss (\S+)$/.exec(messages.join())?.[1]) };
}

const total = (us: Float32Array): number => us.reduce((sum, value) => sum + value, 0);

/** Logarithms of the predicted and of the measured slowdown. */
function logSlowdowns(model: AdditiveModel, examples: readonly LoadedExample[]): { predicted: number; measured: number }[] {
  const predictor = new AdditivePredictor(null, model);
  return examples.map(({ features, state, latencyUs, idleUs }) => {
    const embedding = predictor.embed(features);
    const { kernelUs } = predictor.predict(embedding, state);
    return { predicted: Math.log(total(kernelUs) / total(embedding.idleUs)), measured: Math.log(latencyUs / idleUs) };
  });
}

function servedLoss(model: AdditiveModel): number {
  const losses = logSlowdowns(model, VALIDATION).map(({ predicted, measured }) => {
    const error = Math.abs(predicted - measured);
    return error < BETA ? error ** 2 / (2 * BETA) : error - BETA / 2;
  });
  return total(Float32Array.from(losses)) / losses.length;
}

describe("training of the slowdown on synthetic data", () => {
  it("reports the loss that the served predictor has", async () => {
    const { model, reported } = await train(3);
    expect(reported).toBeGreaterThan(0);
    expect(Math.abs(servedLoss(model) - reported)).toBeLessThan(1e-4);
  });

  it("learns a slowdown of 1 + utilization", async () => {
    const { model } = await train(60);
    const errors = logSlowdowns(model, VALIDATION).map(({ predicted, measured }) => Math.abs(predicted - measured));
    expect(total(Float32Array.from(errors)) / errors.length).toBeLessThan(0.05);
  });

  it("leaves an idle device exactly as it is", async () => {
    const { model } = await train(2);
    const predictor = new AdditivePredictor(null, model);
    const [example] = IDLE;
    if (example === undefined) throw new Error("no example");
    const embedding = predictor.embed(example.features);
    for (const state of [{}, SYNTHETIC_IDLE]) expect(predictor.predict(embedding, state).kernelUs).toEqual(embedding.idleUs);
  });

  it("has as many members as it is asked for, each another", async () => {
    const idleModel = new IdlePredictor(null, syntheticAdditive());
    const { members, params } = await trainSlowdown(tf, idleModel, TRAINING, [], IDLE_STATES, { seed: 1, members: 2, epochs: 1 });
    expect(members).toBe(2);
    const [first, second] = [0, 1].map((member) => params.get(`${slowdownName(member, "factors")}.0.weight`)?.data);
    expect(first).toHaveLength(second?.length ?? NaN);
    expect(first).not.toEqual(second);
  });

  it("knows which fields varied", async () => {
    const { model } = await train(1);
    expect(model.slowdown.distribution.varied).toEqual([false, true, true, true, ...Array<boolean>(6).fill(false)]);
  });
});
