import { createHash } from "node:crypto";
import type { CsrMatrix } from "../graph/types.js";
import { KERNEL_CLASSES, type KernelClass } from "./kernel-class.js";
import type { KernelFacts } from "./kernel-facts.js";
import type { ModelFeatures } from "./model-features.js";

/**
 * Features of a kernel for predictors of kind "factors", which serve engines of any kind: what a kernel computes and
 * moves, how well it fills vectors of several widths, and what stands before and after it. A schema of its own, so that
 * it can change without the one that ONNX Runtime's predictors were trained with.
 */
export const FACTOR_SCHEMA_VERSION = 1;

/** Channels that engines process at once, by processor and precision. */
const BLOCKS = [4, 8, 16] as const;
const L2_BYTES = 512 * 1024;

/** Coarser than classes: what a kernel of a class that training never saw still has in common with others, and what its neighbours are told apart by. */
const NEIGHBOURS = ["convolution", "depthwise", "pointwise", "elementwise", "activation", "pooling", "movement"] as const;
type Neighbour = (typeof NEIGHBOURS)[number];

const NEIGHBOUR_OF: ReadonlyMap<KernelClass, Neighbour> = new Map<KernelClass, Neighbour>([
  ["conv", "convolution"],
  ["conv-grouped", "convolution"],
  ["conv-transpose", "convolution"],
  ["conv-depthwise", "depthwise"],
  ["conv-pointwise", "pointwise"],
  ["add", "elementwise"],
  ["mul", "elementwise"],
  ["broadcast", "elementwise"],
  ["arithmetic", "elementwise"],
  ["batch-norm", "elementwise"],
  ["relu", "activation"],
  ["sigmoid", "activation"],
  ["hard-sigmoid", "activation"],
  ["hard-swish", "activation"],
  ["quick-gelu", "activation"],
  ["max-pool", "pooling"],
  ["average-pool", "pooling"],
  ["global-pool", "pooling"],
  ["reduce", "pooling"],
  ["concat", "movement"],
  ["split", "movement"],
  ["slice", "movement"],
  ["transpose", "movement"],
  ["pad", "movement"],
]);

/** Classes that do much the same, nearest first: they stand in for one that training never saw. */
const STAND_INS: ReadonlyMap<KernelClass, readonly KernelClass[]> = new Map<KernelClass, readonly KernelClass[]>([
  ["conv", ["conv-grouped", "conv-pointwise"]],
  ["conv-pointwise", ["conv", "gemm", "matmul"]],
  ["conv-grouped", ["conv", "conv-depthwise"]],
  ["conv-depthwise", ["conv-grouped", "conv"]],
  ["conv-transpose", ["conv"]],
  ["gemm", ["matmul", "conv-pointwise"]],
  ["matmul", ["gemm", "conv-pointwise"]],
  ["max-pool", ["average-pool"]],
  ["average-pool", ["max-pool", "global-pool"]],
  ["global-pool", ["reduce", "average-pool"]],
  ["reduce", ["global-pool", "average-pool"]],
  ["relu", ["hard-sigmoid", "hard-swish", "add"]],
  ["hard-sigmoid", ["hard-swish", "relu", "sigmoid"]],
  ["hard-swish", ["hard-sigmoid", "relu", "sigmoid"]],
  ["sigmoid", ["quick-gelu", "hard-sigmoid", "relu"]],
  ["quick-gelu", ["sigmoid", "hard-swish", "relu"]],
  ["add", ["mul", "arithmetic", "broadcast"]],
  ["mul", ["add", "arithmetic", "broadcast"]],
  ["broadcast", ["mul", "add", "batch-norm"]],
  ["arithmetic", ["mul", "add", "broadcast"]],
  ["batch-norm", ["broadcast", "mul", "relu"]],
  ["layer-norm", ["batch-norm", "softmax"]],
  ["softmax", ["layer-norm", "sigmoid"]],
  ["concat", ["split", "slice", "add"]],
  ["split", ["slice", "concat"]],
  ["slice", ["split", "concat"]],
  ["pad", ["concat", "slice"]],
  ["transpose", ["concat"]],
]);

const FUSED_CHEAP: ReadonlySet<string> = new Set(["Relu", "Clip", "LeakyRelu"]);
const ln = (value: number): number => Math.log1p(value);
const flag = (value: boolean): number => (value ? 1 : 0);
const isConv = ({ kernelClass }: KernelFacts): boolean => kernelClass.startsWith("conv");
const bytesOf = ({ bytesIn, bytesOut, bytesWeights }: KernelFacts): number => bytesIn + bytesOut + bytesWeights;

/** MACs with the channels of a convolution's groups filled up to whole blocks; other kernels' as they are. */
export function blockedMacs(facts: KernelFacts, block: number): number {
  const { macs, inChannels, outChannels, groups } = facts;
  if (!isConv(facts) || inChannels === 0 || outChannels === 0) return macs;
  const fill = (channels: number): number => (Math.ceil(channels / block) * block) / channels;
  if (facts.kernelClass === "conv-depthwise") return macs * fill(outChannels);
  return macs * fill(outChannels / groups) * fill(inChannels / groups);
}

type Feature = readonly [name: string, value: (facts: KernelFacts) => number];

const NUMERIC: readonly Feature[] = [
  ["logMacs", ({ macs }) => ln(macs)],
  ...BLOCKS.map((block): Feature => [`logMacsBy${block}`, (facts) => ln(blockedMacs(facts, block))]),
  ...BLOCKS.map((block): Feature => [`fillOf${block}`, (facts) => (facts.macs > 0 ? Math.log(blockedMacs(facts, block) / facts.macs) : 0)]),
  ["logFlops", ({ flops }) => ln(flops)],
  ["logBytesIn", ({ bytesIn }) => ln(bytesIn)],
  ["logBytesOut", ({ bytesOut }) => ln(bytesOut)],
  ["logBytesWeights", ({ bytesWeights }) => ln(bytesWeights)],
  ["logIm2colBytes", ({ im2colBytes }) => ln(im2colBytes)],
  ["logIntensity", (facts) => Math.log((1 + facts.flops) / (1 + bytesOf(facts)))],
  ["logInChannels", ({ inChannels }) => ln(inChannels)],
  ["logOutChannels", ({ outChannels }) => ln(outChannels)],
  ["logGroupChannels", ({ outChannels, groups }) => ln(outChannels / groups)],
  ["logInArea", ({ inArea }) => ln(inArea)],
  ["logOutArea", ({ outArea }) => ln(outArea)],
  ["logKernelArea", ({ kernelHeight, kernelWidth }) => ln(kernelHeight * kernelWidth)],
  ["stride", ({ stride }) => Math.log2(stride)],
  ["dilation", ({ dilation }) => Math.log2(dilation)],
  ["logGroups", ({ groups }) => Math.log(groups)],
  ["logReduction", (facts) => (isConv(facts) && facts.outArea > 0 ? ln(facts.macs / (facts.outArea * Math.max(1, facts.outChannels))) : 0)],
  ["overL2", (facts) => ln(bytesOf(facts) / L2_BYTES)],
  ["addsResidual", ({ addsResidual }) => flag(addsResidual)],
  ["activationRelu", ({ activation }) => flag(activation === "Relu")],
  ["activationClamp", ({ activation }) => flag(activation === "Clip" || activation === "LeakyRelu")],
  ["activationOther", ({ activation }) => flag(activation !== null && !FUSED_CHEAP.has(activation))],
  ["divides", ({ divides }) => flag(divides)],
  ["inputAgeOverL2", ({ inputAgeBytes }) => ln(inputAgeBytes / L2_BYTES)],
  ["runOverL2", ({ runBytes }) => ln(runBytes / L2_BYTES)],
  ["operands", ({ operands }) => Math.log(Math.max(1, operands))],
];

const SURROUNDINGS = [
  ...NEIGHBOURS.map((name) => `is:${name}`),
  ...NEIGHBOURS.map((name) => `after:${name}`),
  ...NEIGHBOURS.map((name) => `before:${name}`),
  "readers",
  "first",
] as const;

/** Names of the features in the matrix's order: one-hot classes, numbers, surroundings. */
export const FACTOR_FEATURE_NAMES: readonly string[] = [
  ...KERNEL_CLASSES.map((name) => `class:${name}`),
  ...NUMERIC.map(([name]) => name),
  ...SURROUNDINGS,
];
/** Columns of continuous quantities: those that noise is put on in training. */
export const FACTOR_NUMERIC = { from: KERNEL_CLASSES.length, to: KERNEL_CLASSES.length + NUMERIC.length } as const;
export const FACTOR_WIDTH = FACTOR_FEATURE_NAMES.length;

/** What an artifact of kind "factors" is checked against. */
export const factorSchemaHash: string = createHash("sha256")
  .update(JSON.stringify([FACTOR_SCHEMA_VERSION, FACTOR_FEATURE_NAMES]))
  .digest("hex");

/** The inputs of the factors' network for one model. */
export interface FactorFeatures {
  /** Row-major [kernels x FACTOR_WIDTH]. */
  readonly matrix: Float32Array;
  /** Logarithm of a rough latency of each kernel in microseconds; -Infinity for one whose cost is not known. */
  readonly logRoughUs: Float32Array;
}

/** What a kernel takes at this many MACs and bytes a microsecond and this much for the call: a middling phone core. */
const ROUGH = { macsPerUs: 4000, bytesPerUs: 4000, callUs: 3 };

export function factorFeatures({ kernelGraph, facts }: Pick<ModelFeatures, "kernelGraph" | "facts">): FactorFeatures {
  const matrix = new Float32Array(facts.length * FACTOR_WIDTH);
  facts.forEach((kernel, row) => {
    const at = row * FACTOR_WIDTH;
    matrix[at + KERNEL_CLASSES.indexOf(kernel.kernelClass)] = 1;
    NUMERIC.forEach(([, value], column) => (matrix[at + FACTOR_NUMERIC.from + column] = value(kernel)));
  });
  fillSurroundings(matrix, kernelGraph.adjacency, facts);
  return { matrix, logRoughUs: Float32Array.from(facts, logRoughUs) };
}

/** The class that stands in for one that training never saw; undefined where none that it saw is like it. */
export function standInOf(kernelClass: KernelClass, seen: (kernelClass: KernelClass) => boolean): KernelClass | undefined {
  return (STAND_INS.get(kernelClass) ?? []).find(seen);
}

/**
 * The same matrix with stand-ins for classes that training never saw, where there is one that it did.
 *
 * @param seen whether training had kernels of the class in this column
 */
export function withStandIns(matrix: Float32Array, seen: (column: number) => boolean): Float32Array {
  const replaced = KERNEL_CLASSES.map((name, column) => {
    if (seen(column)) return column;
    const standIn = standInOf(name, (other) => seen(KERNEL_CLASSES.indexOf(other)));
    return standIn === undefined ? column : KERNEL_CLASSES.indexOf(standIn);
  });
  if (replaced.every((other, column) => other === column)) return matrix;
  const result = matrix.slice();
  for (let start = 0; start < matrix.length; start += FACTOR_WIDTH) {
    const own = matrix.subarray(start, start + KERNEL_CLASSES.length).indexOf(1);
    const other = replaced[own] ?? own;
    if (other === own) continue;
    result[start + own] = 0;
    result[start + other] = 1;
  }
  return result;
}

function logRoughUs(facts: KernelFacts): number {
  if (!facts.known) return -Infinity;
  const { macsPerUs, bytesPerUs, callUs } = ROUGH;
  return Math.log(blockedMacs(facts, 4) / macsPerUs + bytesOf(facts) / bytesPerUs + (facts.kernelClass === "view" ? 0.1 : callUs));
}

function fillSurroundings(matrix: Float32Array, { rowOffsets, columns }: CsrMatrix, facts: readonly KernelFacts[]): void {
  const start = FACTOR_NUMERIC.to;
  const set = (row: number, column: number): void => void (matrix[row * FACTOR_WIDTH + start + column] = 1);
  const column = (row: number): number => {
    const kernelClass = facts[row]?.kernelClass;
    const neighbour = kernelClass === undefined ? undefined : NEIGHBOUR_OF.get(kernelClass);
    return neighbour === undefined ? -1 : NEIGHBOURS.indexOf(neighbour);
  };
  const hasSource = new Uint8Array(facts.length);
  facts.forEach((_, row) => {
    const readers = columns.subarray(rowOffsets[row], rowOffsets[row + 1]);
    const own = column(row);
    if (own >= 0) set(row, own);
    for (const reader of readers) {
      hasSource[reader] = 1;
      if (own >= 0) set(reader, NEIGHBOURS.length + own);
      const theirs = column(reader);
      if (theirs >= 0) set(row, 2 * NEIGHBOURS.length + theirs);
    }
    matrix[row * FACTOR_WIDTH + start + SURROUNDINGS.indexOf("readers")] = ln(readers.length);
  });
  hasSource.forEach((has, row) => {
    if (has === 0) set(row, SURROUNDINGS.indexOf("first"));
  });
}
