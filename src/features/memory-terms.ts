import type { Kernel, KernelGraph } from "../graph/kernels/types.js";
import type { Graph } from "../graph/types.js";
import { transformedBytes, transformedWeightBytes } from "./chosen-algorithm.js";
import { isConvolution } from "./kernel-class.js";
import type { KernelFacts } from "./kernel-facts.js";
import { liveBytes } from "./live-bytes.js";
import type { ModelFeatures } from "./model-features.js";

/**
 * What an engine may hold while it loads and runs a network, in MiB: the memory of its process is a sum of these, each
 * times what the engine keeps of it (see model/process-memory.ts).
 */
export const MEMORY_TERMS = [
  "process", // 1: what it takes before any network counts
  "kernels", // a KiB for each
  "weights", // as the file has them
  "productWeights", // of matrix products
  "pointwiseWeights", // of convolutions of one tap
  "windowWeights", // of the other convolutions, where they are multiplied as they are
  "blockedWeights", // of convolutions in blocks of channels, which are rewritten for it
  "foldedWeights", // of convolutions that a batch norm is folded into, which are rewritten too
  "transformedWeights", // and as Winograd's algorithm wants them, where it is known to be used
  "largestWeights", // of the kernel that has most
  "liveActivations", // the most alive at once, over kernels in their order
  "allActivations", // everything that kernels write
  "unfolded", // input of the kernel that has most
  "transformed", // input and output of the kernel that has most, where Winograd's algorithm is known to be used
  "workingSet", // the most activations and scratch of one kernel together
  "paddedPool", // the most that a padded pooling moves, where only a library beside the indirect products computes it
  "pointers", // to rows of inputs, kept for every convolution where products are indirect
] as const;

export type MemoryTerm = (typeof MEMORY_TERMS)[number];

const MIB = 2 ** 20;
const KIB = 2 ** 10;
const POINTER_BYTES = 8;

/** The terms of a network, in the order of MEMORY_TERMS. Shapes that are not known count as nothing. */
export function memoryTerms({ graph, kernelGraph, facts }: Pick<ModelFeatures, "graph" | "kernelGraph" | "facts">): readonly number[] {
  const weights = (keep: (own: KernelFacts) => boolean, bytes: (own: KernelFacts) => number = ({ bytesWeights }) => bytesWeights): number =>
    sum(facts.filter(keep).map(bytes)) / MIB;
  const most = (bytes: (own: KernelFacts, kernel: number) => number): number => facts.reduce((largest, own, kernel) => Math.max(largest, bytes(own, kernel)), 0) / MIB;
  const isIndirect = kernelGraph.indirect !== undefined;
  const live = liveBytes(kernelGraph, facts);
  const values: Readonly<Record<MemoryTerm, number>> = {
    process: 1,
    kernels: (facts.length * KIB) / MIB,
    weights: graph.totals.weightBytes / MIB,
    productWeights: weights(isProduct),
    pointwiseWeights: weights(({ kernelClass }) => kernelClass === "conv-pointwise"),
    windowWeights: weights((own) => isWindow(own) && own.winogradEdge === 0),
    blockedWeights: weights(({ blocked }) => blocked),
    foldedWeights: sum(kernelGraph.kernels.map((kernel, i) => (foldsBatchNorm(graph, kernel) ? (facts[i]?.bytesWeights ?? 0) : 0))) / MIB,
    transformedWeights: weights((own) => isWindow(own) && own.winogradEdge > 0, transformedWeightBytes),
    largestWeights: most(({ bytesWeights }) => bytesWeights),
    liveActivations: most((_, kernel) => live[kernel] ?? 0),
    allActivations: sum(facts.map(({ bytesOut }) => bytesOut)) / MIB,
    unfolded: most((own) => unfoldedBytes(own, kernelGraph)),
    transformed: most(transformedBytes),
    workingSet: most((own, kernel) => (live[kernel] ?? 0) + scratchBytes(own, kernelGraph)),
    paddedPool: isIndirect ? most((own) => (own.kernelClass === "max-pool" && own.insideShare < 1 ? own.bytesIn + own.bytesOut : 0)) : 0,
    pointers: isIndirect ? sum(facts.map(pointerBytes)) / MIB : 0,
  };
  return MEMORY_TERMS.map((term) => values[term]);
}

/** Of a kernel while it runs: its unfolded or transformed input and output. */
function scratchBytes(own: KernelFacts, lowered: KernelGraph): number {
  return Math.max(unfoldedBytes(own, lowered), transformedBytes(own));
}

/** Where nothing tells which algorithm it is, it is a product of the unfolded input. */
function unfoldedBytes({ kernelClass, im2colBytes, unfoldedBytes: known }: KernelFacts, { indirect, algorithm }: KernelGraph): number {
  if (indirect !== undefined || kernelClass === "conv-depthwise") return 0;
  return algorithm === undefined ? im2colBytes : known;
}

/**
 * Bytes of the pointers that an indirect convolution (Dukhan 2019) follows: one for each pixel of its output and tap. Windows
 * over single channels share those of a column between neighbours.
 */
function pointerBytes({ kernelClass, outArea, kernelHeight, kernelWidth, stride }: KernelFacts): number {
  if (!isConvolution(kernelClass) || (kernelHeight * kernelWidth === 1 && stride === 1)) return 0;
  return POINTER_BYTES * outArea * kernelHeight * (kernelClass === "conv-depthwise" ? Math.min(stride, kernelWidth) : kernelWidth);
}

function foldsBatchNorm(graph: Graph, { op, nodes }: Kernel): boolean {
  return op === "Conv" && nodes.some((node) => graph.nodes[node]?.opType === "BatchNormalization");
}

const isProduct = ({ kernelClass }: KernelFacts): boolean => kernelClass === "gemm" || kernelClass === "matmul";
const isWindow = ({ kernelClass }: KernelFacts): boolean => isConvolution(kernelClass) && kernelClass !== "conv-pointwise";

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
