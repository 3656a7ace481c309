import { stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { KernelLatencies, LatencyPredictor } from "./predictor.js";
import type { SlowdownPredictor } from "./slowdown.js";

/** What an idle device would take, and what the slowdown needs to know of each kernel. */
export interface IdleEmbedding {
  /** Idle latency of each kernel, microseconds; 0 where it is unknown. */
  readonly idleUs: Float32Array;
  /** Time of a run outside its kernels, microseconds. */
  readonly overheadUs: number;
  /** What describes each kernel to the slowdown, row-major [kernels x joinedWidth]. */
  readonly joined: Float32Array;
}

/** A predictor of idle kernels that describes each by a row of numbers. */
export interface IdleSource {
  /** Columns of `joined`. */
  readonly joinedWidth: number;
  embed(features: ModelFeatures): IdleEmbedding;
  dispose(): void;
}

/** What stays the same for every state. */
export interface SlowedEmbedding extends Omit<IdleEmbedding, "joined"> {
  /** u of the slowdown, row-major [kernels x rank]. */
  readonly factors: Float32Array;
}

/** Idle kernels, each times its slowdown in a state: a new state costs one dot product per kernel. */
export class SlowedPredictor implements LatencyPredictor<SlowedEmbedding> {
  constructor(
    private readonly idle: IdleSource,
    private readonly slowdown: SlowdownPredictor,
  ) {}

  embed(features: ModelFeatures): SlowedEmbedding {
    const { joined, ...rest } = this.idle.embed(features);
    return { ...rest, factors: this.slowdown.factors(joined) };
  }

  predict({ idleUs, overheadUs, factors }: SlowedEmbedding, state: HardwareState): KernelLatencies {
    const { values, mask } = stateVector(state);
    return this.slowdown.at(values, mask).slowed(idleUs, overheadUs, factors);
  }

  dispose(): void {
    this.idle.dispose();
    this.slowdown.dispose();
  }
}

/** The idle part alone, as a predictor that knows no states. */
export function withoutStates(idle: IdleSource): LatencyPredictor<IdleEmbedding> {
  return {
    embed: (features) => idle.embed(features),
    predict: ({ idleUs, overheadUs }) => ({ totalUs: idleUs.reduce((sum, us) => sum + us, overheadUs), kernelUs: idleUs }),
    dispose: () => idle.dispose(),
  };
}
