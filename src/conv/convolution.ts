/** One 2-D convolution as the paper's regression sees it; where sides differ, sizes are geometric means. */
export interface Convolution {
  /** Side of the kernel. */
  readonly kernel: number;
  /** Side of the input plane in pixels. */
  readonly inputSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly groups: number;
}

/** One convolution of a sweep with its latency alone on an idle device. */
export interface SweepRow extends Convolution {
  readonly latencyUs: number;
}

/** Engines run these three with different kernels, so each has regressions of its own. */
export const CONVOLUTION_CLASSES = ["regular", "depthwise", "grouped"] as const;
export type ConvolutionClass = (typeof CONVOLUTION_CLASSES)[number];

export function classOf({ groups, inChannels }: Convolution): ConvolutionClass {
  if (groups === 1) return "regular";
  return groups === inChannels ? "depthwise" : "grouped";
}

/** Side of the output plane with padding that keeps the size ("same"), as the networks in question have. */
export function outputSizeOf({ inputSize, stride }: Convolution): number {
  return Math.ceil(inputSize / stride);
}

/** Multiply-accumulates, outputSize² * M * (N / groups) * kernel². */
export function macsOf(convolution: Convolution): number {
  const { kernel, inChannels, outChannels, groups } = convolution;
  return outputSizeOf(convolution) ** 2 * outChannels * (inChannels / groups) * kernel ** 2;
}

/**
 * The regressors whose weighted sum is the latency. Regular: [N, M, N*M, 1], the paper's T = a1*N + a2*M + a3*N*M + a4.
 * Grouped: the same with N*M/groups, the channel pairs that are really multiplied, so that one fit serves every group
 * count. Depthwise: [M, 1], because N*M/groups is M and N is proportional to it.
 */
export function regressorsOf(convolution: Convolution): readonly number[] {
  const { inChannels, outChannels, groups } = convolution;
  return classOf(convolution) === "depthwise"
    ? [outChannels, 1]
    : [inChannels, outChannels, (inChannels * outChannels) / groups, 1];
}
