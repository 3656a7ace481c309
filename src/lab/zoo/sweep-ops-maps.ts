import type { BinaryOp, ModelBuilder, Tensor, UnaryOp } from "./builder.js";
import { dimOf, nchw } from "./builder.js";
import type { Rng } from "./rng.js";

type Build = (b: ModelBuilder, x: Tensor, rng: Rng) => Tensor | readonly Tensor[];

/** One operator, or a close pattern of some, over feature maps. */
export interface MapCase {
  readonly name: string;
  /** Feature maps of the same shape that it takes. */
  readonly arity: number;
  /** The channels are a multiple of this. */
  readonly multipleOf: number;
  /** Smallest height and width. */
  readonly minSize: number;
  readonly opset?: number;
  /** Elements out per element in, where it is over one. */
  readonly growth?: number;
  /** Its result is no feature map that a convolution could go on with. */
  readonly ends?: boolean;
  readonly build: (b: ModelBuilder, xs: readonly Tensor[], rng: Rng) => readonly Tensor[];
}

type CaseOptions = Partial<Omit<MapCase, "name" | "arity" | "build">>;

function first(xs: readonly Tensor[]): Tensor {
  for (const x of xs) return x;
  throw new RangeError("a case without input");
}

function asList(result: Tensor | readonly Tensor[]): readonly Tensor[] {
  return "name" in result ? [result] : result;
}

/** A case of one feature map. */
export function one(name: string, build: Build, options: CaseOptions = {}): MapCase {
  return { name, arity: 1, multipleOf: 1, minSize: 1, ...options, build: (b, xs, rng) => asList(build(b, first(xs), rng)) };
}

function unary(opType: UnaryOp, options: CaseOptions = {}): MapCase {
  return one(opType, (b, x) => b.unary(opType, x), options);
}

function two(name: string, build: (b: ModelBuilder, left: Tensor, right: Tensor) => Tensor): MapCase {
  return {
    name,
    arity: 2,
    multipleOf: 1,
    minSize: 1,
    build: (b, [left, right]) => {
      if (left === undefined || right === undefined) throw new RangeError(`${name} needs two inputs`);
      return [build(b, left, right)];
    },
  };
}

function binary(opType: BinaryOp): MapCase {
  return two(opType, (b, left, right) => b.binary(opType, left, right));
}

function concat(arity: number): MapCase {
  return { name: `Concat${arity}`, arity, multipleOf: 1, minSize: 1, build: (b, xs) => [b.concat(xs)] };
}

/** A value per channel that depends on the map, as in squeeze-and-excite. */
function gate(b: ModelBuilder, x: Tensor): Tensor {
  return b.sigmoid(b.globalAvgPool(x));
}

function perChannel(x: Tensor): number[] {
  return [1, dimOf(x, 1), 1, 1];
}

/** The first half of the channel shuffle: Reshape to groups and the 5-D Transpose. */
function shuffleTranspose(b: ModelBuilder, x: Tensor, rng: Rng): Tensor {
  const { batch, channels, height, width } = nchw(x);
  const groups = rng.pick([2, 4, 8]);
  return b.transpose(b.reshape(x, [batch, groups, channels / groups, height, width]), [0, 2, 1, 3, 4]);
}

function fromNhwc(b: ModelBuilder, x: Tensor): Tensor {
  const { batch, channels, height, width } = nchw(x);
  return b.transpose(b.reshape(x, [batch, height, width, channels]), [0, 3, 1, 2]);
}

const ENDS = { ends: true } as const;

export const ACTIVATION_CASES: readonly MapCase[] = [
  unary("Relu"),
  one("Clip", (b, x) => b.relu6(x)),
  one("LeakyRelu", (b, x) => b.leakyRelu(x)),
  unary("Sigmoid"),
  one("HardSigmoid", (b, x) => b.hardSigmoid(x)),
  unary("HardSwish"),
  one("HardSwishPair", (b, x) => b.hardSwishPair(x)),
  unary("Tanh"),
  unary("Erf"),
  unary("Gelu", { opset: 20 }),
  one("GeluPattern", (b, x) => b.geluPattern(x)),
  one("SiLU", (b, x) => b.silu(x)),
  unary("Sqrt"),
  unary("Exp"),
  one("Pow", (b, x, rng) => b.withConstant("Pow", x, [], [rng.pick([2, 3, 0.5, 1.5])])),
];

export const ARITHMETIC_CASES: readonly MapCase[] = [
  binary("Add"),
  binary("Mul"),
  binary("Sub"),
  binary("Div"),
  two("AddRelu", (b, left, right) => b.relu(b.add(left, right))),
  one("MulGate", (b, x) => b.mul(x, gate(b, x))),
  one("AddGate", (b, x) => b.add(x, gate(b, x))),
  one("AddPerChannel", (b, x) => b.withConstant("Add", x, perChannel(x))),
  one("MulPerChannel", (b, x) => b.withConstant("Mul", x, perChannel(x))),
  one("SubScalar", (b, x) => b.withConstant("Sub", x, [], [0.45])),
  one("DivScalar", (b, x) => b.withConstant("Div", x, [], [0.22])),
];

export const MOVEMENT_CASES: readonly MapCase[] = [
  concat(2),
  concat(3),
  concat(4),
  one("Split2", (b, x) => b.split(x, [dimOf(x, 1) / 2, dimOf(x, 1) / 2]), { multipleOf: 2 }),
  one("Split3", (b, x) => b.split(x, [dimOf(x, 1) / 4, dimOf(x, 1) / 4, dimOf(x, 1) / 2]), { multipleOf: 4 }),
  one("ShuffleTranspose", shuffleTranspose, { multipleOf: 8, ...ENDS }),
  one("ChannelShuffle", (b, x, rng) => b.channelShuffle(x, rng.pick([2, 4, 8])), { multipleOf: 8 }),
  one("ToNhwc", (b, x) => b.transpose(x, [0, 2, 3, 1]), ENDS),
  one("FromNhwc", fromNhwc),
  one("Reshape", (b, x) => b.reshape(x, [1, dimOf(x, 1), dimOf(x, 2) * dimOf(x, 3)]), ENDS),
  one("Flatten", (b, x) => b.flatten(x), ENDS),
  one("SliceChannels", (b, x) => b.slice(x, 1, dimOf(x, 1) / 2, dimOf(x, 1)), { multipleOf: 2 }),
  one("SliceStrided", (b, x) => b.slice(x, 2, 0, dimOf(x, 2), 2), { minSize: 2 }),
  one("Pad", (b, x, rng) => b.pad(x, rng.int(1, 3)), { growth: 2, minSize: 7 }),
  one("PadReflect", (b, x) => b.pad(x, 1, "reflect"), { growth: 2, minSize: 3 }),
  one("ResizeNearest", (b, x) => b.resize(x, 2, "nearest"), { growth: 4 }),
  one("ResizeLinear", (b, x) => b.resize(x, 2, "linear"), { growth: 4 }),
];

export const POOLING_CASES: readonly MapCase[] = [
  one("MaxPool2s2", (b, x) => b.maxPool(x, { kernel: 2, stride: 2 }), { minSize: 2 }),
  one("MaxPool3s2p1", (b, x) => b.maxPool(x, { kernel: 3, stride: 2, pad: 1 })),
  one("MaxPool3s2ceil", (b, x) => b.maxPool(x, { kernel: 3, stride: 2, ceil: true }), { minSize: 3 }),
  one("MaxPool3s1p1", (b, x) => b.maxPool(x, { kernel: 3, pad: 1 })),
  one("MaxPool5s1p2", (b, x) => b.maxPool(x, { kernel: 5, pad: 2 }), { minSize: 3 }),
  one("AveragePool2s2", (b, x) => b.avgPool(x, { kernel: 2, stride: 2 }), { minSize: 2 }),
  one("AveragePool3s1p1", (b, x) => b.avgPool(x, { kernel: 3, pad: 1, countPadding: true })),
  one("AveragePool3s2p1", (b, x) => b.avgPool(x, { kernel: 3, stride: 2, pad: 1 })),
  one("AveragePool5s3", (b, x) => b.avgPool(x, { kernel: 5, stride: 3 }), { minSize: 5 }),
  one("AveragePool1", (b, x) => b.avgPool(x, { kernel: 1 })),
  one("AveragePoolWhole", (b, x) => b.avgPool(x, { kernel: [dimOf(x, 2), dimOf(x, 3)] })),
  one("GlobalAveragePool", (b, x) => b.globalAvgPool(x)),
  one("ReduceMean", (b, x) => b.reduceMean(x, [2, 3]), ENDS),
  one("ReduceMeanKept", (b, x) => b.reduceMean(x, [2, 3], true)),
  one("SqueezeExcite", (b, x) => b.squeezeExcite(x, dimOf(x, 1) / 4), { multipleOf: 8 }),
  one("SqueezeExciteSigmoid", (b, x) => b.squeezeExcite(x, dimOf(x, 1) / 8, "sigmoid"), { multipleOf: 8 }),
];

export const NORMALIZATION_CASES: readonly MapCase[] = [
  one("BatchNormalization", (b, x) => b.batchNorm(x)),
  one("BatchNormalizationRelu", (b, x) => b.relu(b.batchNorm(x))),
  one("InstanceNormalization", (b, x) => b.instanceNorm(x)),
  one("LRN", (b, x) => b.lrn(x)),
  one("SoftmaxChannels", (b, x) => b.softmax(x, 1)),
];
