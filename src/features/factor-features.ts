import { createHash } from "node:crypto";
import type { CsrMatrix } from "../graph/types.js";
import { ALGORITHM_NUMBERS } from "./algorithm-numbers.js";
import { BLOCKED_NUMBERS, roughBlockedTerms } from "./blocked-numbers.js";
import { roughEngineTerms } from "./chosen-algorithm.js";
import { activationCost } from "./fused-activation.js";
import { isConvolution, KERNEL_CLASSES, type KernelClass } from "./kernel-class.js";
import type { KernelFacts } from "./kernel-facts.js";
import { KERNEL_FEATURE_NAMES } from "./kernel-features.js";
import type { ModelFeatures } from "./model-features.js";
import { flag, ln, type NumericFeature } from "./numeric-feature.js";

/**
 * Features of a kernel for predictors of kind "factors", which serve engines of any kind: what a kernel computes and
 * moves, how well it fills vectors of several widths, and what stands before and after it. A schema of its own, so that
 * it can change without the one that ONNX Runtime's predictors were trained with.
 */
const FACTOR_SCHEMA_VERSION = 1;
/** The same for the schema of engines. */
const ENGINE_SCHEMA_VERSION = 3;
/** And for that of ONNX Runtime. */
const BLOCKED_SCHEMA_VERSION = 1;

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

const bytesOf = ({ bytesIn, bytesOut, bytesWeights }: KernelFacts): number => bytesIn + bytesOut + bytesWeights;

/** MACs with the channels of a convolution's groups filled up to whole blocks; other kernels' as they are. */
export function blockedMacs(facts: KernelFacts, block: number): number {
  const { macs, inChannels, outChannels, groups } = facts;
  if (!isConvolution(facts.kernelClass) || inChannels === 0 || outChannels === 0) return macs;
  const fill = (channels: number): number => (Math.ceil(channels / block) * block) / channels;
  if (facts.kernelClass === "conv-depthwise") return macs * fill(outChannels);
  return macs * fill(outChannels / groups) * fill(inChannels / groups);
}

const NUMERIC: readonly NumericFeature[] = [
  ["logMacs", ({ macs }) => ln(macs)],
  ...BLOCKS.map((block): NumericFeature => [`logMacsBy${block}`, (facts) => ln(blockedMacs(facts, block))]),
  ...BLOCKS.map((block): NumericFeature => [`fillOf${block}`, (facts) => (facts.macs > 0 ? Math.log(blockedMacs(facts, block) / facts.macs) : 0)]),
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
  ["logReduction", (facts) => (isConvolution(facts.kernelClass) && facts.outArea > 0 ? ln(facts.macs / (facts.outArea * Math.max(1, facts.outChannels))) : 0)],
  ["overL2", (facts) => ln(bytesOf(facts) / L2_BYTES)],
  ["addsResidual", ({ addsResidual }) => flag(addsResidual)],
  ["activationRelu", ({ activation }) => flag(activation === "Relu")],
  ["activationClamp", ({ activation }) => flag(activationCost(activation) === "clamp")],
  ["activationOther", ({ activation }) => flag(["piecewise", "exponential"].includes(activationCost(activation)))],
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

/** What the columns of a matrix of factor features are; two networks read the same matrix only where theirs are the same. */
export interface FactorSchema {
  /** In the matrix's order: one-hot classes, numbers, surroundings. */
  readonly names: readonly string[];
  readonly width: number;
  readonly numbers: readonly NumericFeature[];
  /** Columns of continuous quantities: those that noise is put on in training. */
  readonly numeric: { readonly from: number; readonly to: number };
  /** Columns that describe a kernel to the slowdown, where its latency is another; null: all, and no latency. */
  readonly slowdownColumns: readonly number[] | null;
  /** What a kernel of known cost roughly takes, microseconds, by what it does; its rough latency is the sum. */
  readonly roughTerms: (facts: KernelFacts) => readonly number[];
  /** What an artifact is checked against. */
  readonly hash: string;
}

function schemaOf(
  version: number,
  numbers: readonly NumericFeature[],
  roughTerms: FactorSchema["roughTerms"],
  describing: ((name: string) => boolean) | null = null,
): FactorSchema {
  const names = [...KERNEL_CLASSES.map((name) => `class:${name}`), ...numbers.map(([name]) => name), ...SURROUNDINGS];
  return {
    names,
    width: names.length,
    numbers,
    roughTerms,
    slowdownColumns: describing === null ? null : [...names.keys()].filter((column) => describing(names[column] ?? "")),
    numeric: { from: KERNEL_CLASSES.length, to: KERNEL_CLASSES.length + numbers.length },
    hash: createHash("sha256").update(JSON.stringify([version, names])).digest("hex"),
  };
}

/** Of predictors that serve many configurations, whose engines run what they run in one way. */
export const FACTOR_SCHEMA = schemaOf(FACTOR_SCHEMA_VERSION, NUMERIC, roughPhoneTerms);
/** Of a recorded machine's engine: what decides between its algorithms as well. */
export const ENGINE_SCHEMA = schemaOf(ENGINE_SCHEMA_VERSION, [...NUMERIC, ...ALGORITHM_NUMBERS], roughEngineTerms);

/** Of ONNX Runtime on a recorded machine: what its blocked convolutions compute as well. */
export const BLOCKED_SCHEMA = schemaOf(BLOCKED_SCHEMA_VERSION, [...NUMERIC, ...ALGORITHM_NUMBERS, ...BLOCKED_NUMBERS], roughBlockedTerms, (name) => KERNEL_FEATURE_NAMES.includes(name));

/** The inputs of the factors' network for one model. */
export interface FactorFeatures {
  readonly schema: FactorSchema;
  /** Row-major [kernels x schema.width]. */
  readonly matrix: Float32Array;
  /** Logarithm of a rough latency of each kernel in microseconds; -Infinity for one whose cost is not known. */
  readonly logRoughUs: Float32Array;
}

/** What a kernel takes at this many MACs and bytes a microsecond and this much for the call: a middling phone core. */
const ROUGH = { macsPerUs: 4000, bytesPerUs: 4000, callUs: 3 };

export function factorFeatures(
  { kernelGraph, facts }: Pick<ModelFeatures, "kernelGraph" | "facts">,
  schema: FactorSchema = FACTOR_SCHEMA,
): FactorFeatures {
  const { width, numbers, numeric } = schema;
  const matrix = new Float32Array(facts.length * width);
  facts.forEach((kernel, row) => {
    const at = row * width;
    matrix[at + KERNEL_CLASSES.indexOf(kernel.kernelClass)] = 1;
    numbers.forEach(([, value], column) => (matrix[at + numeric.from + column] = value(kernel)));
  });
  fillSurroundings(matrix, schema, kernelGraph.adjacency, facts);
  return { schema, matrix, logRoughUs: Float32Array.from(facts, (kernel) => (kernel.known ? Math.log(roughUs(schema, kernel)) : -Infinity)) };
}

/** Rough latency of a kernel of known cost, microseconds. */
export const roughUs = ({ roughTerms }: Pick<FactorSchema, "roughTerms">, facts: KernelFacts): number => roughTerms(facts).reduce((sum, us) => sum + us, 0);

function roughPhoneTerms(facts: KernelFacts): readonly number[] {
  const { macsPerUs, bytesPerUs, callUs } = ROUGH;
  return [blockedMacs(facts, 4) / macsPerUs, bytesOf(facts) / bytesPerUs, facts.kernelClass === "view" ? 0.1 : callUs];
}

function fillSurroundings(
  matrix: Float32Array,
  { width, numeric: { to: start } }: FactorSchema,
  { rowOffsets, columns }: CsrMatrix,
  facts: readonly KernelFacts[],
): void {
  const set = (row: number, column: number): void => void (matrix[row * width + start + column] = 1);
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
    matrix[row * width + start + SURROUNDINGS.indexOf("readers")] = ln(readers.length);
  });
  hasSource.forEach((has, row) => {
    if (has === 0) set(row, SURROUNDINGS.indexOf("first"));
  });
}
