import { type DataType, bitsOf } from "../onnx/dtype.js";
import type { Kernel, KernelGraph, Layout } from "../graph/kernels/types.js";
import type { Graph, GraphNode, ValueId } from "../graph/types.js";
import { isPredictable } from "./predictable.js";
import { type KernelClass, classOf } from "./kernel-class.js";
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
  /** Bytes of the unfolded input where a plain convolution copies it into a matrix first, else 0. */
  readonly im2colBytes: number;
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

/** Register tile of ONNX Runtime's matrix product, output channels x pixels, with vectors of 8 and of 16 floats. */
const GEMM_TILE = { rows: 6, columns: 16 };
const WIDE_GEMM_TILE = { rows: 12, columns: 32 };
/** Floats in a vector from which on the wide tile is used. */
export const WIDE_VECTOR = 16;

/** Facts of every kernel, in the graph's order. */
export function kernelFacts({ graph, kernels }: KernelGraph, channelBlock: number): KernelFacts[] {
  const modelOutputs: ReadonlySet<ValueId> = new Set(graph.outputs);
  const facts = kernels.map((kernel) => factsOf(graph, kernel, channelBlock, modelOutputs));
  fillSurroundings(kernels, facts, graph.values.length);
  return facts;
}

/** Fills in how far apart in bytes each kernel's uses of memory lie, when the kernels run in order. */
function fillSurroundings(kernels: readonly Kernel[], facts: readonly UnplacedFacts[], values: number): void {
  const lastUse = new Float64Array(values);
  let touched = 0;
  for (const [index, { inputs, outputs }] of kernels.entries()) {
    const own = facts[index];
    if (own === undefined) continue;
    const [first] = inputs;
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

function factsOf(graph: Graph, kernel: Kernel, channelBlock: number, modelOutputs: ReadonlySet<ValueId>): UnplacedFacts {
  const main = kernel.nodes[0] === undefined ? undefined : graph.nodes[kernel.nodes[0]];
  const input = dimsOf(graph, kernel.inputs[0]?.value ?? kernel.weights[0]);
  const output = dimsOf(graph, kernel.outputs[0]);
  const nodes = kernel.nodes.map((id) => graph.nodes[id]);
  const known = input !== null && output !== null && nodes.every((node) => node !== undefined && isPredictable(graph, node));
  const macs = sum(nodes, (node) => node?.cost?.macs ?? 0);
  const window = windowOf(graph, kernel, main);
  const [inChannels, inArea] = planesOf(input ?? []);
  const [outChannels, outArea, outWidth] = planesOf(output ?? []);
  const bytes = (value: ValueId, layout: Layout): number => tensorBytes(graph, value, layout, channelBlock);
  const { groups } = window;
  const convolution =
    kernel.op === "Conv"
      ? { groups, inChannels, outChannels, kernelArea: window.kernelHeight * window.kernelWidth }
      : null;
  const shape = { window, inChannels, outChannels, outArea, macs, op: kernel.op, blocked: kernel.layout === "blocked" };
  const kernelClass = classOf(kernel, convolution, operandsDiffer(graph, kernel));
  // A view shares its input's memory; only an output of the model has memory of its own, given by the caller.
  const moves = kernelClass !== "view" || kernel.outputs.some((value) => modelOutputs.has(value));
  return {
    kernelClass,
    known,
    macs,
    paddedMacs: paddedMacs(shape, channelBlock),
    flops: sum(nodes, (node) => node?.cost?.flops ?? 0),
    bytesIn: moves ? sum(kernel.inputs, ({ value, layout }) => bytes(value, layout)) : 0,
    bytesOut: moves ? sum(kernel.outputs, (value) => bytes(value, kernel.layout)) : 0,
    bytesWeights: moves ? sum(kernel.weights, (value) => bytes(value, "plain")) : 0,
    im2colBytes: im2colBytes(shape),
    inChannels,
    outChannels,
    inDivisor: kernel.inputs.reduce((divisor, { value }) => commonDivisor(divisor, channelsOf(dimsOf(graph, value))), 0),
    outDivisor: kernel.outputs.reduce((divisor, value) => commonDivisor(divisor, channelsOf(dimsOf(graph, value))), 0),
    inArea,
    outArea,
    outWidth,
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
    operands: kernel.inputs.length,
    divides: kernel.op === "Div",
    inputAgeBytes: 0,
    runBytes: 0,
  };
}

function windowOf(graph: Graph, kernel: Kernel, node: GraphNode | undefined): KernelWindow {
  if (!kernel.op.startsWith("Conv") && (node === undefined || node.rawAttributes.size === 0)) return NO_WINDOW;
  const spatial = (value: ValueId | undefined): readonly number[] => (dimsOf(graph, value) ?? []).slice(2);
  const taps = kernel.op.startsWith("Conv") ? spatial(kernel.weights[0]) : [];
  return kernelWindow(node?.rawAttributes ?? new Map(), taps, spatial(kernel.inputs[0]?.value), spatial(kernel.outputs[0]));
}

interface WorkShape {
  readonly window: KernelWindow;
  readonly op: string;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly outArea: number;
  readonly macs: number;
  readonly blocked: boolean;
}

function paddedMacs(shape: WorkShape, block: number): number {
  const { op, inChannels, outChannels, outArea, blocked } = shape;
  const { groups, insideShare } = shape.window;
  if (op !== "Conv" || inChannels === 0 || outChannels === 0 || outArea === 0) return shape.macs;
  // In blocks the padding is stepped over; unfolded into a matrix it is multiplied like anything else.
  const macs = blocked ? shape.macs * insideShare : shape.macs;
  const groupIn = inChannels / groups;
  const groupOut = outChannels / groups;
  if (blocked) {
    const depthwise = groupIn === 1 && groupOut === 1;
    if (depthwise) return (macs * roundUp(outChannels, block)) / outChannels;
    const padIn = groupIn < block ? 1 : roundUp(groupIn, block) / groupIn;
    return macs * padIn * (roundUp(groupOut, block) / groupOut);
  }
  const tile = block >= WIDE_VECTOR ? WIDE_GEMM_TILE : GEMM_TILE;
  const rows = roundUp(groupOut, tile.rows) / groupOut;
  return macs * rows * (roundUp(outArea, tile.columns) / outArea);
}

function im2colBytes({ op, blocked, outArea, inChannels, window: { kernelHeight, kernelWidth, stride } }: WorkShape): number {
  if (op !== "Conv" || blocked) return 0;
  const area = kernelHeight * kernelWidth;
  return area === 1 && stride === 1 ? 0 : 4 * area * inChannels * outArea;
}

function tensorBytes(graph: Graph, value: ValueId, layout: Layout, block: number): number {
  const dims = dimsOf(graph, value);
  if (dims === null) return 0;
  const dtype: DataType = graph.values[value]?.fact.dtype ?? "float32";
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const channels = dims[1] ?? 0;
  const padding = layout === "blocked" && channels > 0 ? roundUp(channels, block) / channels : 1;
  return (elements * padding * bitsOf(dtype)) / 8;
}

function operandsDiffer(graph: Graph, kernel: Kernel): boolean {
  const output = dimsOf(graph, kernel.outputs[0]);
  const operands = [...kernel.inputs.map(({ value }) => value), ...kernel.weights];
  return (
    output !== null &&
    operands.some((value) => {
      const dims = dimsOf(graph, value);
      return dims === null || dims.length !== output.length || dims.some((dim, i) => dim !== output[i]);
    })
  );
}

/** All dimensions, or null where one is not known. */
function dimsOf(graph: Graph, value: ValueId | undefined): readonly number[] | null {
  const shape = value === undefined ? null : (graph.values[value]?.fact.shape ?? null);
  return shape?.every((dim) => typeof dim === "number") === true ? shape : null;
}

/** Channels, elements per channel, and width of an NCHW tensor; a matrix has its last dimension as channels. */
function planesOf(dims: readonly number[]): [number, number, number] {
  const channels = channelsOf(dims);
  if (dims.length <= 2) return [channels, 1, 1];
  // Not taken apart by destructuring: that copies the rest of every shape.
  let area = dims[0] ?? 1;
  for (let axis = 2; axis < dims.length; axis += 1) area *= dims[axis] ?? 1;
  return [channels, area, dims.at(-1) ?? 1];
}

/** See planesOf. */
function channelsOf(dims: readonly number[] | null): number {
  if (dims === null) return 0;
  return (dims.length <= 2 ? dims.at(-1) : dims[1]) ?? 0;
}

function commonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function sum<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  let total = 0;
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    if (item !== undefined) total += amountOf(item);
  }
  return total;
}
