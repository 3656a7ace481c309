import { beforeAll, describe, expect, it } from "vitest";
import { syntheticKernelLatency } from "../../../test/helper/synthetic.js";
import { syntheticIdleExamples } from "../../../test/helper/synthetic-rows.js";
import { type IdleModel, IdlePredictor } from "../../model/additive.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { ADDITIVE_TRAINING, type AdditiveTrainingOptions, trainAdditive } from "./additive.js";
import type { IdleExample } from "./examples.js";

const BETA = 0.03;
const EXAMPLES = syntheticIdleExamples();
const TRAINING = EXAMPLES.filter((_, i) => i % 4 !== 0);
const VALIDATION = EXAMPLES.filter((_, i) => i % 4 === 0);

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

interface Trained {
  readonly model: IdleModel;
  /** The loss that training reports for the weights that it leaves behind. */
  readonly reported: number;
}

async function train(options: Partial<AdditiveTrainingOptions> = {}, validation: readonly IdleExample[] = VALIDATION): Promise<Trained> {
  const messages: string[] = [];
  const onProgress = (message: string): void => void messages.push(message);
  const all = { ...ADDITIVE_TRAINING, epochs: 3, ...options, onProgress };
  const model = await trainAdditive(tf, syntheticKernelLatency(), TRAINING, validation, all);
  return { model, reported: Number(/validation loss (\S+)$/.exec(messages.join())?.[1]) };
}

/** The validation loss as the predictor that serves would have it. */
function servedLoss(model: IdleModel, examples: readonly IdleExample[]): number {
  const predictor = new IdlePredictor(null, model);
  const losses = examples.map(({ features, latencyUs }) => {
    const { idleUs, overheadUs } = predictor.embed(features);
    const error = Math.abs(Math.log(idleUs.reduce((sum, us) => sum + us, overheadUs) / latencyUs));
    return error < BETA ? error ** 2 / (2 * BETA) : error - BETA / 2;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe("training of the additive predictor on synthetic data", () => {
  it("reports the loss that the served predictor has", async () => {
    const { model, reported } = await train();
    expect(reported).toBeGreaterThan(0);
    expect(Math.abs(servedLoss(model, VALIDATION) - reported)).toBeLessThan(1e-4);
  });

  it("lowers that loss", async () => {
    const [short, long] = [await train({ epochs: 1, batchSize: 4 }), await train({ epochs: 30, batchSize: 4 })];
    expect(servedLoss(long.model, VALIDATION)).toBeLessThan(0.7 * servedLoss(short.model, VALIDATION));
  });

  it("gives the same weights from the same seed, and others from another", async () => {
    const [first, again, other] = [await train(), await train(), await train({ seed: 2 })];
    expect(again.model.params).toEqual(first.model.params);
    expect(other.model.params).not.toEqual(first.model.params);
  });

  it("does without profiles and without validation", async () => {
    const bare = TRAINING.map((example) => ({ ...example, kernelUs: null }));
    const model = await trainAdditive(tf, syntheticKernelLatency(), bare, [], { ...ADDITIVE_TRAINING, epochs: 2 });
    expect(servedLoss(model, VALIDATION)).toBeLessThan(Infinity);
  });

  it("leaves no tensors behind", async () => {
    const before = tf.memory().numTensors;
    await train({ epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
