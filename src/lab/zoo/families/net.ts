import type { Activation, Tensor } from "../builder.js";
import { dimOf, ModelBuilder } from "../builder.js";
import type { Variation } from "../variation.js";

/** A batch norm (a node of its own or folded into a bias), a bias of the convolution's own, or neither. */
export type Offset = "batchNorm" | "bias" | "none";

export interface UnitOptions {
  /** Output channels, as drawn. */
  readonly out: number;
  /** The original kernel; a spatial one (over 1) may be drawn anew. */
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Padding of the original kernel, where it is not half of it. */
  readonly pad?: number;
  /** "relu" by default. */
  readonly activation?: Activation;
  /** What the architecture has between convolution and activation; "batchNorm" by default. */
  readonly offset?: Offset;
}

/** What a family builds: the finished graph's builder and its output. */
export interface BuiltNet {
  readonly builder: ModelBuilder;
  readonly output: Tensor;
  /** The member of the family that was varied, for instance `resnet50`. */
  readonly member: string;
}

/** One architecture family: draws a variant and builds it. */
export type Family = (variation: Variation) => BuiltNet;

/** The parts that the families share, built with one variation's draws. */
export class ConvNet {
  readonly builder: ModelBuilder;
  readonly input: Tensor;

  constructor(readonly variation: Variation) {
    const { inputSize } = variation.traits;
    this.builder = new ModelBuilder([1, 3, inputSize, inputSize]);
    this.input = this.builder.input;
  }

  /** Convolution, batch norm (a node or folded into the bias), activation. */
  unit(x: Tensor, options: UnitOptions): Tensor {
    const { out, kernel, stride = 1, groups = 1, pad, activation = "relu", offset = "batchNorm" } = options;
    const drawn = kernel > 1 ? this.variation.kernel(kernel) : kernel;
    const separate = offset === "batchNorm" && this.variation.traits.batchNorm === "node";
    const y = this.builder.conv(x, {
      out,
      kernel: drawn,
      stride,
      groups,
      bias: !separate && offset !== "none",
      ...(pad === undefined || drawn !== kernel ? {} : { pad }),
    });
    return this.builder.activate(activation, separate ? this.builder.batchNorm(y) : y);
  }

  /** A depthwise unit: as many groups as channels. */
  depthwise(x: Tensor, kernel: number, stride: number, activation: Activation): Tensor {
    const channels = dimOf(x, 1);
    return this.unit(x, { out: channels, kernel, stride, groups: channels, activation });
  }

  /** With the variant's probability, a pointwise convolution unit of about as many channels. */
  maybePointwise(x: Tensor, activation: Activation = "relu", offset: Offset = "batchNorm"): Tensor {
    if (!this.variation.insertsPointwise()) return x;
    return this.unit(x, { out: this.variation.channelsOf(dimOf(x, 1)), kernel: 1, activation, offset });
  }

  /** [1, c, h, w] -> [1, c]: GlobalAveragePool and Flatten, or ReduceMean over height and width. */
  spatialMean(x: Tensor): Tensor {
    return this.variation.traits.meanNode === "ReduceMean"
      ? this.builder.reduceMean(x, [2, 3])
      : this.builder.flatten(this.builder.globalAvgPool(x));
  }

  /** Spatial mean and one fully connected layer. */
  classifier(x: Tensor): Tensor {
    return this.builder.gemm(this.spatialMean(x), this.variation.traits.classes);
  }

  finished(output: Tensor, member: string): BuiltNet {
    return { builder: this.builder, output, member };
  }
}
