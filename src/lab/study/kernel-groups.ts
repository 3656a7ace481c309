import type { KernelClass } from "../../features/kernel-class.js";

/** Classes of kernel under names that a figure can tell apart, in the order in which they are stacked. */
const GROUPS: readonly (readonly [name: string, classes: readonly KernelClass[]])[] = [
  ["convolution", ["conv"]],
  ["pointwise convolution", ["conv-pointwise"]],
  ["depthwise convolution", ["conv-depthwise"]],
  ["grouped or transposed convolution", ["conv-grouped", "conv-transpose"]],
  ["fully connected", ["gemm", "matmul"]],
  ["pooling", ["max-pool", "average-pool", "global-pool"]],
  ["normalisation", ["batch-norm", "local-norm", "layer-norm"]],
  ["activation", ["relu", "sigmoid", "hard-sigmoid", "hard-swish", "quick-gelu", "softmax"]],
  ["arithmetic", ["add", "mul", "broadcast", "arithmetic", "reduce"]],
  ["moving data", ["concat", "split", "slice", "transpose", "view", "pad", "gather", "resize"]],
  ["change of layout", ["reorder-input", "reorder-output"]],
  ["other", ["other"]],
];

export const GROUP_NAMES: readonly string[] = GROUPS.map(([name]) => name);
/** How many of GROUP_NAMES, from the first, are convolutions. */
export const CONVOLUTION_GROUPS = 4;

const BY_CLASS: ReadonlyMap<KernelClass, string> = new Map(GROUPS.flatMap(([name, classes]) => classes.map((found) => [found, name] as const)));

export function groupOf(kernelClass: KernelClass): string {
  return BY_CLASS.get(kernelClass) ?? "other";
}
