import type { ModelBuilder, Tensor } from "./builder.js";
import { dimOf } from "./builder.js";
import type { Rng } from "./rng.js";

/** One operator over vectors, matrices or sequences. */
export interface MatrixCase {
  readonly name: string;
  readonly opset?: number;
  /** Draws the shape of the graph's input. */
  readonly input: (rng: Rng) => readonly number[];
  readonly build: (b: ModelBuilder, x: Tensor, rng: Rng) => Tensor;
}

/** Inputs of AlexNet's and VGG's classifier layers; the longest one's weights take 411 MB, so it is rare. */
const CLASSIFIER_INPUTS = [
  [4096, 12],
  [9216, 6],
  [25088, 2],
] as const;
const SEQUENCES = [16, 49, 64, 128, 196, 197, 256, 384] as const;
const HEAD_DIMS = [32, 64] as const;

function features(rng: Rng): number {
  return rng.chance(0.5) ? 8 * rng.logInt(2, 512) : rng.logInt(10, 4096);
}

/** [1, sequence, width] of a transformer. */
function tokens(rng: Rng): readonly number[] {
  return [1, rng.pick(SEQUENCES), rng.pick([96, 192, 256, 384, 512, 768, 1024])];
}

/** [1, heads, sequence, columns]. */
function heads(rng: Rng, columns: (sequence: number) => number): readonly number[] {
  const sequence = rng.pick(SEQUENCES);
  return [1, rng.pick([3, 4, 6, 8, 12]), sequence, columns(sequence)];
}

/** Cuts the last axis in two and hands both parts on. */
function cut(b: ModelBuilder, x: Tensor, left: number, use: (left: Tensor, right: Tensor) => Tensor): Tensor {
  const [l, r] = b.split(x, [left, dimOf(x, -1) - left], -1);
  if (l === undefined || r === undefined) throw new RangeError("a split in two has two parts");
  return use(l, r);
}

function outputs(rng: Rng): number {
  return rng.chance(0.3) ? 1000 : features(rng);
}

export const MATRIX_CASES: readonly MatrixCase[] = [
  { name: "Gemm", input: (rng) => [1, features(rng)], build: (b, x, rng) => b.gemm(x, outputs(rng)) },
  { name: "GemmRelu", input: (rng) => [1, features(rng)], build: (b, x, rng) => b.relu(b.gemm(x, outputs(rng))) },
  {
    name: "GemmLarge",
    input: (rng) => [1, rng.weighted<number>(CLASSIFIER_INPUTS)],
    build: (b, x, rng) => b.gemm(x, rng.chance(0.7) ? 4096 : 1000),
  },
  {
    name: "GemmPair",
    input: (rng) => [1, features(rng)],
    build: (b, x, rng) => b.gemm(b.relu(b.gemm(x, features(rng))), outputs(rng)),
  },
  {
    name: "GemmRows",
    input: (rng) => [rng.pick(SEQUENCES), 8 * rng.logInt(4, 128)],
    build: (b, x, rng) => b.gemm(x, 8 * rng.logInt(4, 128)),
  },
  { name: "MatMulWeight", input: tokens, build: (b, x, rng) => b.matmulWeight(x, dimOf(x, -1) * rng.pick([1, 2, 4])) },
  {
    name: "MatMulScores",
    input: (rng) => heads(rng, () => 2 * rng.pick(HEAD_DIMS)),
    build: (b, x) => cut(b, x, dimOf(x, -1) / 2, (q, k) => b.matmul(q, b.transpose(k, [0, 1, 3, 2]))),
  },
  {
    name: "MatMulContext",
    input: (rng) => heads(rng, (sequence) => sequence + rng.pick(HEAD_DIMS)),
    build: (b, x) => cut(b, x, dimOf(x, 2), (scores, values) => b.matmul(scores, values)),
  },
  { name: "SoftmaxClasses", input: (rng) => [1, rng.pick([10, 100, 1000, 1000, 21841])], build: (b, x) => b.softmax(x) },
  { name: "SoftmaxScores", input: (rng) => heads(rng, (sequence) => sequence), build: (b, x) => b.softmax(x) },
  { name: "LayerNormalization", input: tokens, build: (b, x) => b.layerNorm(x) },
  { name: "ReduceMeanLast", input: tokens, build: (b, x, rng) => b.reduceMean(x, [-1], rng.chance(0.5)) },
  { name: "ReduceMeanTokens", input: tokens, build: (b, x) => b.reduceMean(x, [1]) },
  { name: "GeluTokens", opset: 20, input: tokens, build: (b, x) => b.unary("Gelu", x) },
  { name: "GeluPatternTokens", input: tokens, build: (b, x) => b.geluPattern(x) },
  {
    name: "TransposeHeads",
    input: (rng) => [1, rng.pick(SEQUENCES), rng.pick([3, 4, 6, 8, 12]), rng.pick(HEAD_DIMS)],
    build: (b, x) => b.transpose(x, [0, 2, 1, 3]),
  },
  { name: "TransposeTokens", input: tokens, build: (b, x) => b.transpose(x, [0, 2, 1]) },
];
