import { setImmediate as nextTurn } from "node:timers/promises";

import type { Scalar } from "@tensorflow/tfjs-core";

import { Adam, clipByGlobalNorm, type Update } from "./adam.js";
import type { Tf } from "./backend.js";
import type { VariableSet } from "./params.js";
import { createRandom, type Random } from "./random.js";
import { cosineWithWarmup } from "./schedule.js";
import { WeightStore } from "./weight-store.js";

export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean over the epoch's batches. */
  readonly loss: number;
  /** null where nothing validates. */
  readonly validation: number | null;
  readonly learningRate: number;
}

export interface FitOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Items handed to the loss at once. Default 1: for items that are batches already. */
  readonly batchSize?: number;
  /** Of an epoch, at most: what it leaves over is the next one's. Default: as many as all items take. */
  readonly mostSteps?: number;
  /** Peak learning rate. Default 1e-3. */
  readonly learningRate?: number;
  /** Share of all steps that warm up. Default 0.05. */
  readonly warmupShare?: number;
  /** Learning rate at the end as a share of its peak. Default 0.01. */
  readonly finalLearningRateShare?: number;
  /** Decoupled; default 0. */
  readonly weightDecay?: number;
  /** Limit of the gradients' joint norm; default none. */
  readonly clipNorm?: number;
  /** Decay per step of a moving average of the weights, which is then what validates and what remains. */
  readonly averageDecay?: number;
  /** A number to minimise, computed with the variables as they stand after each epoch; the best epoch's remain. */
  readonly validate?: () => number;
  /** Epochs without a better validation after which training stops. Default: never. */
  readonly patience?: number;
  readonly onEpoch?: (report: EpochReport) => void;
}

export interface FitResult {
  /** The epoch whose weights the variables hold now. */
  readonly bestEpoch: number;
  readonly bestValidation: number | null;
  readonly history: readonly EpochReport[];
}

/**
 * Minimises the mean of `loss` over mini-batches of `items`, shuffled anew each time around, with Adam. Updates `variables`
 * in place; the same seed gives the same result on the same backend. `loss` maps a batch to a scalar made of
 * differentiable operations on the variables; its tensors are freed after each step. Between epochs other work of the
 * process gets its turn.
 *
 * @throws RangeError without items; Error when the loss is no longer finite.
 */
export async function fit<T>(
  tf: Tf,
  variables: VariableSet,
  items: readonly T[],
  loss: (batch: readonly T[]) => Scalar,
  options: FitOptions,
): Promise<FitResult> {
  if (items.length === 0) throw new RangeError("There is nothing to train on.");
  const { epochs, validate, patience = Infinity, batchSize = 1, mostSteps = Infinity } = options;
  const stepsPerEpoch = Math.min(mostSteps, Math.ceil(items.length / batchSize));
  const turns = inTurn(items, createRandom(options.seed));
  const trainer = createTrainer(tf, variables, loss, options, epochs * stepsPerEpoch);
  const history: EpochReport[] = [];
  let best: { epoch: number; validation: number } | null = null;

  for (let epoch = 1; epoch <= epochs; epoch++) {
    let total = 0;
    const drawn = Array.from({ length: Math.min(items.length, stepsPerEpoch * batchSize) }, () => turns.next().value);
    for (const batch of chunks(drawn, batchSize)) total += trainer.step(batch);

    trainer.store.expose();
    const validation = validate === undefined ? null : tf.tidy(validate);
    const report = { epoch, epochs, loss: total / stepsPerEpoch, validation, learningRate: trainer.learningRate() };
    history.push(report);
    if (validation !== null && (best === null || validation < best.validation)) {
      best = { epoch, validation };
      trainer.store.remember();
    }
    options.onEpoch?.(report);
    if (best !== null && epoch - best.epoch >= patience) break;
    await nextTurn();
  }
  trainer.store.finish();
  return { bestEpoch: best?.epoch ?? history.length, bestValidation: best?.validation ?? null, history };
}

interface Trainer<T> {
  readonly store: WeightStore;
  /** One step down the batch's gradient; returns its loss. */
  step(batch: readonly T[]): number;
  /** Of the last step. */
  learningRate(): number;
}

function createTrainer<T>(
  tf: Tf,
  variables: VariableSet,
  loss: (batch: readonly T[]) => Scalar,
  options: FitOptions,
  totalSteps: number,
): Trainer<T> {
  const { clipNorm = Infinity, weightDecay = 0, averageDecay = null } = options;
  const schedule = {
    peak: options.learningRate ?? 1e-3,
    totalSteps,
    warmupSteps: Math.floor((options.warmupShare ?? 0.05) * totalSteps),
    finalShare: options.finalLearningRateShare ?? 0.01,
  };
  const store = new WeightStore(tf, variables, averageDecay);
  const adam = new Adam({ weightDecay });
  const list = [...variables.values()];
  let steps = 0;
  let learningRate = 0;

  return {
    store,
    learningRate: () => learningRate,
    step(batch) {
      store.restore();
      const updates: Update[] = [];
      const value = tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => loss(batch), list);
        for (const { variable, weights } of store.entries) {
          const gradient = grads[variable.name];
          // A variable that the loss does not depend on has none.
          if (gradient) updates.push({ weights, gradient: gradient.dataSync<"float32">().slice() });
        }
        return value.dataSync()[0] ?? NaN;
      });
      if (!Number.isFinite(value)) throw new Error(`The loss is ${value} at step ${steps + 1}: training diverged.`);
      clipByGlobalNorm(
        updates.map(({ gradient }) => gradient),
        clipNorm,
      );
      learningRate = cosineWithWarmup(steps, schedule);
      adam.step(updates, learningRate);
      store.publish();
      steps += 1;
      return value;
    },
  };
}

/** All of the items before any of them again, in an order that is drawn anew each time around. */
function* inTurn<T>(items: readonly T[], random: Random): Generator<T, never> {
  for (;;) yield* random.shuffle(items);
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
