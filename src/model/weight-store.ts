import type { Variable } from "@tensorflow/tfjs-core";

import type { Tf } from "./backend.js";
import type { VariableSet } from "./params.js";

interface Entry {
  readonly variable: Variable;
  /** The weights that training updates; the variable is a copy of these, of their average, or of the best ones. */
  readonly weights: Float32Array;
  readonly average: Float32Array | null;
  best: Float32Array | null;
}

/**
 * The three versions of a network's weights while it trains (the present ones, their exponential moving average, and
 * the best seen so far) and which of them the variables show.
 */
export class WeightStore {
  readonly entries: readonly Entry[];
  private updates = 0;
  private showsPresent = true;

  /** @param averageDecay per update; null keeps no average. */
  constructor(
    private readonly tf: Tf,
    variables: VariableSet,
    private readonly averageDecay: number | null,
  ) {
    this.entries = [...variables.values()].map((variable) => {
      const weights = Float32Array.from(variable.dataSync());
      return { variable, weights, average: averageDecay === null ? null : weights.slice(), best: null };
    });
  }

  /** After the weights changed: shows them and moves the average. */
  publish(): void {
    this.updates += 1;
    for (const { weights, average } of this.entries) {
      if (average !== null && this.averageDecay !== null) {
        // A short memory at first, so that the initial weights do not linger (as tf.train.ExponentialMovingAverage).
        const decay = Math.min(this.averageDecay, (1 + this.updates) / (10 + this.updates));
        for (let i = 0; i < average.length; i++) {
          average[i] = decay * (average[i] ?? 0) + (1 - decay) * (weights[i] ?? 0);
        }
      }
    }
    this.show(({ weights }) => weights);
    this.showsPresent = true;
  }

  /** Shows the weights to judge: the average where one is kept. */
  expose(): void {
    if (this.averageDecay === null) return;
    this.show(({ average, weights }) => average ?? weights);
    this.showsPresent = false;
  }

  /** Shows the present weights again. */
  restore(): void {
    if (this.showsPresent) return;
    this.show(({ weights }) => weights);
    this.showsPresent = true;
  }

  /** Keeps the weights to judge as the best so far. */
  remember(): void {
    for (const entry of this.entries) entry.best = (entry.average ?? entry.weights).slice();
  }

  /** Shows what training leaves behind: the best weights, or else the average, or else the present ones. */
  finish(): void {
    this.show(({ best, average, weights }) => best ?? average ?? weights);
    this.showsPresent = false;
  }

  private show(select: (entry: Entry) => Float32Array): void {
    this.tf.tidy(() => {
      for (const entry of this.entries) {
        // A copy, because a backend may keep the array that a tensor was made of.
        const values = select(entry).slice();
        entry.variable.assign(this.tf.tensor(values, entry.variable.shape, "float32"));
      }
    });
  }
}
