import { beforeAll, describe, expect, it } from "vitest";
import { syntheticKernelLatency, syntheticRegression, syntheticSlowdown } from "../../../test/helper/synthetic.js";
import { syntheticIdleExamples, syntheticLoadedExamples } from "../../../test/helper/synthetic-rows.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { type PaperModel, PaperPredictor, type PaperSource } from "../../model/paper.js";
import { paperExamples } from "./candidates.js";
import { trainPaper } from "./paper.js";

const BETA = 0.03;
const IDLE = syntheticIdleExamples([1]);
const EXAMPLES = paperExamples({ idle: IDLE, loaded: syntheticLoadedExamples(IDLE) });
const TRAINING = EXAMPLES.filter((_, i) => i % 4 !== 0);
const VALIDATION = EXAMPLES.filter((_, i) => i % 4 === 0);
const SOURCES: readonly PaperSource[] = [
  { kind: "as published", regression: syntheticRegression() },
  { kind: "engine-aware", kernelLatency: syntheticKernelLatency() },
];

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

async function train(source: PaperSource, epochs: number): Promise<{ model: PaperModel; reported: number }> {
  const messages: string[] = [];
  const { distribution, idle } = syntheticSlowdown();
  const onProgress = (message: string): void => void messages.push(message);
  const model = await trainPaper(tf, source, { distribution, idle }, TRAINING, VALIDATION, { seed: 1, epochs, onProgress });
  return { model, reported: Number(/validation loss (\S+)$/.exec(messages.join())?.[1]) };
}

function servedLoss(model: PaperModel): number {
  const predictor = new PaperPredictor(null, model);
  const losses = VALIDATION.flatMap(({ features, rows }) => {
    const embedding = predictor.embed(features);
    return rows.map(({ state, latencyUs }) => {
      const error = Math.abs(Math.log(predictor.predict(embedding, state).totalUs / latencyUs));
      return error < BETA ? error ** 2 / (2 * BETA) : error - BETA / 2;
    });
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe.each(SOURCES)("training of the paper's predictor, $kind, on synthetic data", (source) => {
  it("reports the loss that the served predictor has", async () => {
    const { model, reported } = await train(source, 3);
    expect(reported).toBeGreaterThan(0);
    expect(Math.abs(servedLoss(model) - reported)).toBeLessThan(1e-4);
  });

  it("lowers that loss", async () => {
    const [short, long] = [await train(source, 1), await train(source, 40)];
    expect(servedLoss(long.model)).toBeLessThan(0.7 * servedLoss(short.model));
  });
});

describe("paperExamples", () => {
  it("has a model's idle label, as an unstated state, and its loaded ones", () => {
    expect(EXAMPLES).toHaveLength(IDLE.length);
    expect(EXAMPLES[0]?.rows).toHaveLength(5);
    expect(EXAMPLES[0]?.rows[0]).toEqual({ state: {}, latencyUs: IDLE[0]?.latencyUs });
  });
});
