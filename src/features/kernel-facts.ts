import { type DataType, bitsOf } from "../onnx/dtype.js";
import type { Kernel, KernelGraph, KernelInput, Layout } from "../graph/kernels/types.js";
import { PRODUCT as NO_ALGORITHM } from "../graph/kernels/algorithms/algorithm.js";
import type { Graph, GraphNode, NodeId, ValueId } from "../graph/types.js";
import { isKnown } from "../shapes/dims.js";
import { isPredictable } from "./predictable.js";
import { im2colBytes, inputPointers, paddedMacs, roundUp, tiledMacs } from "./convolution-work.js";
import { type KernelClass, classOf, isPooling } from "./kernel-class.js";
import { areaOf, channelsOf, convolutionShape, widthOf } from "./shape-quantities.js";
import { type KernelWindow, kernelWindow, NO_WINDOW } from "./kernel-window.js";

/** The plain quantities of one kernel from which every feature and every regression is computed. */
export interface KernelFacts extends KernelWindow {
  readonly kernelClass: KernelClass;
  /** False where a shape or an operator is unknown, or subgraphs run: the quantities are then of no use. */
  readonly known: boolean;
  readonly macs: number;
  /** MACs that the engine computes, channels and tiles filled up, and padding left out where it skips it. */
  readonly paddedMacs: number;
  readonly flops: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly bytesWeights: number;
  /** Of what it reads and of what it writes, the bytes beyond what caches hold of each, where an engine's caching is known, else 0. */
  readonly bytesBeyondCache: number;
  /** Bytes of weights that caches do not hold, for each tile of pixels that reads them again, else 0. */
  readonly weightBytesBeyondCache: number;
  /** Bytes of the unfolded input where a plain convolution copies it into a matrix first, else 0. */
  readonly im2colBytes: number;
  /** Pointers to rows of its input that an indirect product reads: pixels x taps x groups x tiles of outputs, else 0. */
  readonly inputPointers: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** The largest number that divides the channels of all inputs, and of all outputs: how they can be cut up in blocks. */
  readonly inDivisor: number;
  readonly outDivisor: number;
  /** Elements of a channel's plane. */
  readonly inArea: number;
  readonly outArea: number;
  readonly outWidth: number;
  readonly blocked: boolean;
  /** Channels in a block of the engine's blocked layout: the width of its vectors. */
  readonly channelBlock: number;
  readonly readsPlain: boolean;
  readonly activation: string | null;
  readonly addsResidual: boolean;
  /** Edge of the output tiles where the engine computes a plain convolution by Winograd's algorithm, else 0. */
  readonly winogradEdge: number;
  /** Tiles or pixels for which such a convolution's weights are read once; 0 where that is not known. */
  readonly atOnce: number;
  /** Whether the last of these takes as long as a full one. */
  readonly wholeTiles: boolean;
  /** Whether the engine computes it pixel by pixel. */
  readonly direct: boolean;
  /** Bytes of the matrix that it makes of the whole input first, else 0. */
  readonly unfoldedBytes: number;
  /** What one of these costs, in bytes of plain copies. */
  readonly unfolding: number;
  /** Bytes of the input where the engine copies it into a padded one first, else 0. */
  readonly padBytes: number;
  /** Whether it does so number by number. */
  readonly scalar: boolean;
  /** What it costs a convolution to write its output number by number, in plain copies of it. */
  readonly scattering: number;
  /** Whether it is a product of one row, whose weights are read once, as they lie; of convolutions alone, and where that is known. */
  readonly streamed: boolean;
  /** How many times the work of a convolution's output channels its tiles do. */
  readonly outputFill: number;
  /**
   * How many times as long windows over single channels, or pixel by pixel, take as with channels that fill the vectors; of a
   * pooling 0 where that is not known.
   */
  readonly vectorWaste: number;
  readonly operands: number;
  /** It divides: the one arithmetic operator that takes many cycles an element. */
  readonly divides: boolean;
  /** Bytes that other kernels touch after an input was made or last read and before this kernel reads it; the most of any input. */
  readonly inputAgeBytes: number;
  /** Bytes that one run of the model touches: what lies between two uses of this kernel's weights. */
  readonly runBytes: number;
}

/** Facts that still lack what they owe to the kernels around. */
type UnplacedFacts = Omit<KernelFacts, "inputAgeBytes" | "runBytes"> & { inputAgeBytes: number; runBytes: number };

/** Facts of every kernel, in the graph's order. */
export function kernelFacts(lowered: KernelGraph, channelBlock: number): KernelFacts[] {
  const { graph, kernels } = lowered;
  const modelOutputs: ReadonlySet<ValueId> = new Set(graph.outputs);
  const facts = kernels.map((kernel) => factsOf(lowered, kernel, channelBlock, modelOutputs));
  fillSurroundings(kernels, facts, graph.values.length);
  return facts;
}

/** Fills in how far apart in bytes each kernel's uses of memory lie, when the kernels run in order. */
function fillSurroundings(kernels: readonly Kernel[], facts: readonly UnplacedFacts[], values: number): void {
  const lastUse = new Float64Array(values);
  let touched = 0;
  for (let index = 0; index < kernels.length; index += 1) {
    const [kernel, own] = [kernels[index], facts[index]];
    if (kernel === undefined || own === undefined) continue;
    const { inputs, outputs } = kernel;
    const first = inputs[0];
    const firstUse = first === undefined ? undefined : lastUse[first.value];
    own.inputAgeBytes = inputs.reduce((oldest, { value }) => Math.max(oldest, touched - (lastUse[value] ?? 0)), 0);
    const moved = own.bytesIn + own.bytesOut + own.bytesWeights;
    touched += moved;
    if (moved > 0) for (const { value } of inputs) lastUse[value] = touched;
    // What moves nothing is a view of its first input.
    for (const value of outputs) lastUse[value] = moved > 0 ? touched : (firstUse ?? touched);
  }
  for (const own of facts) own.runBytes = touched;
}

function factsOf(
  { graph, indirect, caching, algorithm, pooling, padsByCopy }: KernelGraph,
  kernel: Kernel,
  channelBlock: number,
  modelOutputs: ReadonlySet<ValueId>,
): UnplacedFacts {
  const main = kernel.nodes[0] === undefined ? undefined : graph.nodes[kernel.nodes[0]];
  const input = dimsOf(graph, kernel.inputs[0]?.value ?? kernel.weights[0]);
  const output = dimsOf(graph, kernel.outputs[0]);
  const known = input !== null && output !== null && arePredictable(graph, kernel.nodes);
  const { macs, flops } = workOf(graph, kernel.nodes);
  const window = windowOf(graph, kernel, main);
  const inChannels = channelsOf(input);
  const outChannels = channelsOf(output);
  const outArea = areaOf(output);
  const { groups } = window;
  const convolution =
    kernel.op === "Conv"
      ? { groups, inChannels, outChannels, kernelArea: window.kernelHeight * window.kernelWidth }
      : null;
  const shape = { window, inChannels, outChannels, outArea, macs, op: kernel.op, blocked: kernel.layout === "blocked" };
  const kernelClass = classOf(kernel, convolution, operandsDiffer(graph, kernel), indirect);
  // Of one tap and one group, the product reads its input as it lies.
  const outputTile = indirect !== undefined && kernelClass === "conv" ? indirect.outputTile : 0;
  const computed = algorithm !== undefined && kernel.op === "Conv" ? algorithm(convolutionShape(window, input, output)) : NO_ALGORITHM;
  // A view shares its input's memory; only an output of the model has memory of its own, given by the caller.
  const moves = kernelClass !== "view" || hasAny(modelOutputs, kernel.outputs);
  const bytesIn = moves ? inputBytes(graph, kernel.inputs, channelBlock) : 0;
  const bytesOut = moves ? bytesOf(graph, kernel.outputs, kernel.layout, channelBlock) : 0;
  const bytesWeights = moves ? bytesOf(graph, kernel.weights, "plain", channelBlock) : 0;
  return {
    kernelClass,
    known,
    macs,
    paddedMacs: outputTile > 0 ? tiledMacs(shape, outputTile) : paddedMacs(shape, channelBlock),
    flops,
    bytesIn,
    bytesOut,
    bytesWeights,
    bytesBeyondCache: caching === undefined ? 0 : beyond(bytesIn, caching.activationBytes) + beyond(bytesOut, caching.activationBytes),
    weightBytesBeyondCache:
      caching === undefined || macs === 0 ? 0 : (beyond(bytesWeights, caching.weightBytes) * outArea) / caching.pixelTile,
    im2colBytes: outputTile > 0 ? 0 : im2colBytes(shape),
    inputPointers: outputTile > 0 ? inputPointers(shape, outputTile) : 0,
    inChannels,
    outChannels,
    inDivisor: inputDivisor(graph, kernel.inputs),
    outDivisor: divisorOf(graph, kernel.outputs),
    inArea: areaOf(input),
    outArea,
    outWidth: widthOf(output),
    // Spelled out: spreading an object into a large literal costs more than all else here.
    kernelHeight: window.kernelHeight,
    kernelWidth: window.kernelWidth,
    stride: window.stride,
    dilation: window.dilation,
    groups,
    insideShare: window.insideShare,
    blocked: kernel.layout === "blocked",
    channelBlock,
    readsPlain: kernel.layout === "blocked" && kernel.inputs[0]?.layout === "plain" && kernel.nodes.length > 0,
    activation: kernel.activation,
    addsResidual: kernel.addsResidual,
    winogradEdge: computed.winogradEdge,
    atOnce: computed.atOnce,
    wholeTiles: computed.wholeTiles,
    direct: computed.direct,
    unfoldedBytes: computed.unfolding > 0 ? im2colBytes(shape) : 0,
    unfolding: computed.unfolding,
    padBytes: padsByCopy === true && window.insideShare < 1 ? bytesIn : 0,
    scattering: computed.scattering,
    streamed: computed.streamed,
    scalar: computed.scalar,
    outputFill: computed.outputFill,
    vectorWaste: isPooling(kernelClass) ? (pooling?.({ ...window, inChannels }) ?? 0) : computed.vectorWaste,
    operands: kernel.inputs.length,
    divides: kernel.op === "Div",
    inputAgeBytes: 0,
    runBytes: 0,
  };
}

function beyond(bytes: number, held: number): number {
  return Math.max(0, bytes - held);
}

function hasAny(values: ReadonlySet<ValueId>, wanted: readonly ValueId[]): boolean {
  for (const value of wanted) if (values.has(value)) return true;
  return false;
}

/** What the nodes of a kernel compute together. */
function workOf(graph: Graph, nodes: readonly NodeId[]): { readonly macs: number; readonly flops: number } {
  let macs = 0;
  let flops = 0;
  for (const id of nodes) {
    const cost = graph.nodes[id]?.cost;
    macs += cost?.macs ?? 0;
    flops += cost?.flops ?? 0;
  }
  return { macs, flops };
}

function arePredictable(graph: Graph, nodes: readonly NodeId[]): boolean {
  for (const id of nodes) {
    const node = graph.nodes[id];
    if (node === undefined || !isPredictable(graph, node)) return false;
  }
  return true;
}

function windowOf(graph: Graph, kernel: Kernel, node: GraphNode | undefined): KernelWindow {
  if (!kernel.op.startsWith("Conv") && (node === undefined || node.rawAttributes.size === 0)) return NO_WINDOW;
  const spatial = (value: ValueId | undefined): readonly number[] => (dimsOf(graph, value) ?? []).slice(2);
  const taps = kernel.op.startsWith("Conv") ? spatial(kernel.weights[0]) : [];
  return kernelWindow(node?.rawAttributes ?? new Map(), taps, spatial(kernel.inputs[0]?.value), spatial(kernel.outputs[0]));
}

function inputBytes(graph: Graph, inputs: readonly KernelInput[], block: number): number {
  let total = 0;
  for (const { value, layout } of inputs) total += tensorBytes(graph, value, layout, block);
  return total;
}

function bytesOf(graph: Graph, values: readonly ValueId[], layout: Layout, block: number): number {
  let total = 0;
  for (const value of values) total += tensorBytes(graph, value, layout, block);
  return total;
}

/** Bytes of a tensor in a layout, its channels filled up to blocks where that has them; 0 where its shape is not known. */
export function tensorBytes(graph: Graph, value: ValueId, layout: Layout, block: number): number {
  const dims = dimsOf(graph, value);
  if (dims === null) return 0;
  const dtype: DataType = graph.values[value]?.fact.dtype ?? "float32";
  let elements = 1;
  for (const dim of dims) elements *= dim;
  const channels = dims[1] ?? 0;
  const padding = layout === "blocked" && channels > 0 ? roundUp(channels, block) / channels : 1;
  return (elements * padding * bitsOf(dtype)) / 8;
}

/** Whether an operand has another shape than the first output, or one of which that cannot be told. */
function operandsDiffer(graph: Graph, { inputs, weights, outputs }: Kernel): boolean {
  const output = dimsOf(graph, outputs[0]);
  if (output === null) return false;
  for (const { value } of inputs) if (!hasDims(graph, value, output)) return true;
  for (const value of weights) if (!hasDims(graph, value, output)) return true;
  return false;
}

function hasDims(graph: Graph, value: ValueId, wanted: readonly number[]): boolean {
  const dims = dimsOf(graph, value);
  if (dims?.length !== wanted.length) return false;
  for (let axis = 0; axis < wanted.length; axis += 1) if (dims[axis] !== wanted[axis]) return false;
  return true;
}

/** All dimensions, or null where one is not known. */
function dimsOf(graph: Graph, value: ValueId | undefined): readonly number[] | null {
  const shape = value === undefined ? null : (graph.values[value]?.fact.shape ?? null);
  return isKnown(shape) ? shape : null;
}

function inputDivisor(graph: Graph, inputs: readonly KernelInput[]): number {
  let divisor = 0;
  for (const { value } of inputs) divisor = commonDivisor(divisor, channelsOf(dimsOf(graph, value)));
  return divisor;
}

function divisorOf(graph: Graph, values: readonly ValueId[]): number {
  let divisor = 0;
  for (const value of values) divisor = commonDivisor(divisor, channelsOf(dimsOf(graph, value)));
  return divisor;
}

function commonDivisor(a: number, b: number): number {
  let larger = a;
  let smaller = b;
  while (smaller > 0) {
    const rest = larger % smaller;
    larger = smaller;
    smaller = rest;
  }
  return larger;
}
