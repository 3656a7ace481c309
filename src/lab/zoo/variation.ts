import type { Rng } from "./rng.js";

const CHANNEL_RANGE = [0.2, 1.8] as const;
const MIN_CHANNELS = 4;
const KERNELS = [1, 3, 5, 7, 9] as const;
const CLASSIC_INPUT = 224;
const CLASSIC_CLASSES = 1000;
/** Multiples of 16 or 32 from 96 to 192. */
const SMALL_INPUTS = [96, 112, 128, 144, 160, 176, 192] as const;

/** What stays fixed over one variant, however often its layers are drawn again. */
export interface Traits {
  /** The plain architecture: nothing below varies it. */
  readonly classic: boolean;
  /** Height and width of the input. */
  readonly inputSize: number;
  readonly classes: number;
  /** Batch norms as nodes of their own, or folded into the convolutions' biases as exporters do in eval mode. */
  readonly batchNorm: "node" | "folded";
  /** Channels are rounded to a multiple of this; engines choose other kernels for aligned channels. */
  readonly alignment: 1 | 8;
  /** Probability that a spatial convolution gets another kernel. */
  readonly kernelShare: number;
  /** Probability that a pointwise convolution is inserted at a place where one may be. */
  readonly pointwiseShare: number;
  /** Whether the blocks of a residual stage share their output channels or get projections where they differ. */
  readonly tiedResiduals: boolean;
  /** Whether the spatial mean before the classifier is a GlobalAveragePool or a ReduceMean. */
  readonly meanNode: "GlobalAveragePool" | "ReduceMean";
}

export const CLASSIC: Traits = {
  classic: true,
  inputSize: CLASSIC_INPUT,
  classes: CLASSIC_CLASSES,
  batchNorm: "folded",
  alignment: 1,
  kernelShare: 0,
  pointwiseShare: 0,
  tiedResiduals: true,
  meanNode: "GlobalAveragePool",
};

export function drawTraits(rng: Rng): Traits {
  return {
    classic: false,
    inputSize: rng.chance(0.7) ? CLASSIC_INPUT : rng.pick(SMALL_INPUTS),
    classes: rng.chance(0.8) ? CLASSIC_CLASSES : rng.pick([10, 100, 365]),
    batchNorm: rng.pick(["node", "folded"]),
    alignment: rng.pick([1, 8]),
    kernelShare: rng.chance(0.5) ? 0 : rng.uniform(0.1, 1),
    pointwiseShare: rng.chance(0.4) ? 0 : rng.uniform(0.05, 0.3),
    tiedResiduals: rng.chance(0.6),
    meanNode: rng.chance(0.7) ? "GlobalAveragePool" : "ReduceMean",
  };
}

/** The draws that turn an architecture into one of its variants; a classic's draws return the original. */
export class Variation {
  /**
   * @param width every number of channels is scaled by it before it is drawn: a family's width multiplier, or the
   * means to bring a costly variant under its bound
   */
  constructor(
    readonly traits: Traits,
    private readonly rng: Rng,
    private width = 1,
  ) {}

  /** Applies a further width multiplier to all channels drawn from here on. */
  scaleWidth(factor: number): void {
    this.width *= factor;
  }

  /** The classic choice, or one of the options. */
  choose<const T>(classic: T, options: readonly T[]): T {
    return this.traits.classic ? classic : this.rng.pick(options);
  }

  chance(probability: number): boolean {
    return !this.traits.classic && this.rng.chance(probability);
  }

  /** A number of output channels: original * width * [0.2, 1.8], aligned, at least 4. */
  channels(original: number): number {
    return this.traits.classic ? original : this.align(original * this.width * this.rng.uniform(...CHANNEL_RANGE));
  }

  /** The same for an original that follows from channels drawn before, so that the width applies already. */
  channelsOf(original: number): number {
    return this.traits.classic ? original : this.align(original * this.rng.uniform(...CHANNEL_RANGE));
  }

  /** A number of channels that only follows the width multiplier. */
  scaled(original: number): number {
    return this.traits.classic ? original : this.align(original * this.width);
  }

  private align(channels: number): number {
    const { alignment } = this.traits;
    return Math.max(Math.ceil(MIN_CHANNELS / alignment), Math.round(channels / alignment)) * alignment;
  }

  /** The kernel of a spatial convolution. */
  kernel(original: number): number {
    return this.chance(this.traits.kernelShare) ? this.rng.pick(KERNELS) : original;
  }

  /** Whether a pointwise convolution is inserted here. */
  insertsPointwise(): boolean {
    return this.chance(this.traits.pointwiseShare);
  }
}
