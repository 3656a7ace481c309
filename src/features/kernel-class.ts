import type { IndirectConvolutions } from "../graph/kernels/rules/rule.js";
import type { Kernel } from "../graph/kernels/types.js";

/** Kinds of kernel that behave alike; the one-hot part of a kernel's features, and the key of its roofline. */
export const KERNEL_CLASSES = [
  "conv", // regular, kernel area > 1
  "conv-pointwise",
  "conv-depthwise",
  "conv-grouped",
  "conv-transpose",
  "batch-norm",
  "gemm",
  "matmul",
  "max-pool",
  "average-pool",
  "global-pool",
  "relu", // comparisons and the like: one instruction an element
  "sigmoid", // exponentials: many instructions an element
  "hard-sigmoid",
  "hard-swish",
  "quick-gelu",
  "add",
  "mul",
  "broadcast", // elementwise with operands of different shapes
  "arithmetic", // any other elementwise operator
  "concat",
  "split",
  "slice",
  "transpose",
  "view",
  "pad",
  "gather",
  "resize",
  "softmax",
  "local-norm", // LRN
  "layer-norm",
  "reduce",
  "reorder-input",
  "reorder-output",
  "other",
] as const;

export type KernelClass = (typeof KERNEL_CLASSES)[number];

/** Of any kind, transposed ones too. */
export function isConvolution(kernelClass: KernelClass): kernelClass is Extract<KernelClass, `conv${string}`> {
  return kernelClass.startsWith("conv");
}

/** Whether it slides a window over each channel and keeps one number of it. */
export const isPooling = (kernelClass: KernelClass): boolean => kernelClass === "max-pool" || kernelClass === "average-pool";

const BY_OP: ReadonlyMap<string, KernelClass> = new Map<string, KernelClass>([
  ["ConvTranspose", "conv-transpose"],
  ["BatchNormalization", "batch-norm"],
  ["BlockedBatchNormalization", "batch-norm"],
  ["Gemm", "gemm"],
  ["MatMul", "matmul"],
  ["Einsum", "matmul"],
  ["MaxPool", "max-pool"],
  ["AveragePool", "average-pool"],
  ["LpPool", "average-pool"],
  ["GlobalAveragePool", "global-pool"],
  ["GlobalMaxPool", "global-pool"],
  ["GlobalLpPool", "global-pool"],
  ["Relu", "relu"],
  ["Clip", "relu"],
  ["LeakyRelu", "relu"],
  ["PRelu", "relu"],
  ["Abs", "relu"],
  ["Neg", "relu"],
  ["ThresholdedRelu", "relu"],
  ["Sigmoid", "sigmoid"],
  ["Tanh", "sigmoid"],
  ["Exp", "sigmoid"],
  ["Log", "sigmoid"],
  ["Erf", "sigmoid"],
  ["Gelu", "sigmoid"],
  ["BiasGelu", "sigmoid"],
  ["FastGelu", "sigmoid"],
  ["Elu", "sigmoid"],
  ["Selu", "sigmoid"],
  ["Celu", "sigmoid"],
  ["Mish", "sigmoid"],
  ["Softplus", "sigmoid"],
  ["Softsign", "sigmoid"],
  ["HardSigmoid", "hard-sigmoid"],
  ["HardSwish", "hard-swish"],
  ["QuickGelu", "quick-gelu"],
  ["Swish", "quick-gelu"],
  ["Add", "add"],
  ["Sum", "add"],
  ["Sub", "add"],
  ["Mul", "mul"],
  ["Div", "arithmetic"],
  ["Pow", "arithmetic"],
  ["Sqrt", "arithmetic"],
  ["Concat", "concat"],
  ["Split", "split"],
  ["Slice", "slice"],
  ["Transpose", "transpose"],
  ["DepthToSpace", "transpose"],
  ["SpaceToDepth", "transpose"],
  ["Reshape", "view"],
  ["Flatten", "view"],
  ["Squeeze", "view"],
  ["Unsqueeze", "view"],
  ["Pad", "pad"],
  ["Gather", "gather"],
  ["GatherElements", "gather"],
  ["GatherND", "gather"],
  ["Resize", "resize"],
  ["Upsample", "resize"],
  ["Softmax", "softmax"],
  ["LogSoftmax", "softmax"],
  ["LRN", "local-norm"],
  ["LayerNormalization", "layer-norm"],
  ["SkipLayerNormalization", "layer-norm"],
  ["SimplifiedLayerNormalization", "layer-norm"],
  ["InstanceNormalization", "layer-norm"],
  ["GroupNormalization", "layer-norm"],
  ["ReduceMean", "reduce"],
  ["ReduceSum", "reduce"],
  ["ReduceMax", "reduce"],
  ["ReduceMin", "reduce"],
  ["ReorderInput", "reorder-input"],
  ["ReorderOutput", "reorder-output"],
]);

const BROADCASTING: ReadonlySet<KernelClass> = new Set<KernelClass>(["add", "mul", "arithmetic"]);

/** What a convolution's class depends on. */
export interface ConvolutionGroups {
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelArea: number;
}

/** Class of a kernel; `broadcasts` tells that its operands' shapes differ, `indirect` how the engine computes convolutions. */
export function classOf(kernel: Kernel, conv: ConvolutionGroups | null, broadcasts: boolean, indirect?: IndirectConvolutions): KernelClass {
  if (kernel.op === "Conv" && conv !== null) return convolutionClass(conv, indirect);
  const found = BY_OP.get(kernel.op);
  if (found === undefined) return "other";
  return broadcasts && BROADCASTING.has(found) ? "broadcast" : found;
}

function convolutionClass({ groups, inChannels, outChannels, kernelArea }: ConvolutionGroups, indirect?: IndirectConvolutions): KernelClass {
  if (groups === 1) return kernelArea === 1 ? "conv-pointwise" : "conv";
  const depthwise = groups === inChannels && groups === outChannels;
  if (indirect === undefined) return depthwise ? "conv-depthwise" : "conv-grouped";
  // Groups run through the product that a convolution without groups runs through.
  return depthwise && indirect.depthwiseTaps.includes(kernelArea) ? "conv-depthwise" : "conv";
}
