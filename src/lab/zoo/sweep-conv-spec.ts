import type { Activation } from "./builder.js";
import type { Rng } from "./rng.js";

/** One convolution to be measured, on a square input. */
export interface ConvSpec {
  /** Height and width of its input. */
  readonly size: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  /** Half the kernel on every side, or no padding at all. */
  readonly padded: boolean;
  readonly activation: Activation;
  /** An Add with a shortcut before the activation. */
  readonly residual: boolean;
  /** Alone, between convolutions, or between convolutions and poolings. */
  readonly chain: "none" | "conv" | "pool";
}

const SIZES = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 17, 19, 20, 24, 27, 28, 32, 35, 40, 48, 55, 56, 64, 71, 80, 96, 112,
  128, 147, 149, 160, 192, 224,
] as const;
const KERNELS = [1, 3, 5, 7, 9] as const;
const ODD_KERNELS = [
  [1, 7],
  [7, 1],
  [1, 3],
  [3, 1],
  [2, 2],
] as const;
const GRID_SIZES = [7, 14, 28, 56, 112, 224] as const;
const GRID_PAIRS = 16;
const GRID_CELLS = KERNELS.length * GRID_SIZES.length;

/** Models of the grid: every kernel at every size with 16 pairs of channels. */
export const GRID_MODELS = GRID_CELLS * GRID_PAIRS;

const MAX_CHANNELS = 512;
/** Few layers of real networks have fewer. */
const COMMON_CHANNELS = 16;
/** Late layers of deep networks; drawn in a small share of the models. */
const MAX_WIDE_CHANNELS = 2048;

const ACTIVATIONS: readonly (readonly [Activation, number])[] = [
  ["none", 36],
  ["relu", 26],
  ["relu6", 10],
  ["sigmoid", 5],
  ["hardSigmoid", 3],
  ["hardSwish", 7],
  ["hardSwishPair", 2],
  ["silu", 6],
  ["leakyRelu", 5],
];

/** Log-uniform up to `max`, a multiple of `factor`. */
function multiple(rng: Rng, factor: number, max: number): number {
  return factor * rng.logInt(1, Math.max(1, Math.floor(max / factor)));
}

/** Half of the channel counts are multiples of 8, 16 or 32, a quarter any integer, a quarter any from 16. */
function channels(rng: Rng): number {
  const max = rng.chance(0.1) ? MAX_WIDE_CHANNELS : MAX_CHANNELS;
  if (rng.chance(0.5)) return multiple(rng, rng.pick([8, 16, 32]), max);
  return rng.logInt(rng.chance(0.5) ? 1 : COMMON_CHANNELS, max);
}

interface Connectivity {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

function connectivity(rng: Rng, kind: "regular" | "depthwise" | "pointwise" | "grouped"): Connectivity {
  if (kind === "depthwise") {
    const inChannels = channels(rng);
    return { inChannels, outChannels: inChannels * (rng.chance(0.05) ? 2 : 1), groups: inChannels };
  }
  if (kind === "grouped") {
    const groups = rng.pick([2, 3, 4, 8, 16, 32]);
    return { inChannels: multiple(rng, groups, MAX_CHANNELS), outChannels: multiple(rng, groups, MAX_CHANNELS), groups };
  }
  return { inChannels: channels(rng), outChannels: channels(rng), groups: 1 };
}

function drawKernel(rng: Rng, size: number): readonly [number, number] {
  if (size > 1 && rng.chance(0.12)) return rng.pick(ODD_KERNELS);
  const side = rng.weighted<number>([
    [1, 20],
    [3, 40],
    [5, 20],
    [7, 12],
    [9, 8],
  ]);
  return [side, side];
}

/** An input size of the sweep. */
export function drawSize(rng: Rng): number {
  return rng.pick(SIZES);
}

/** A convolution of this input size with everything else at random, not yet bounded. */
export function drawConvSpec(size: number, rng: Rng): ConvSpec {
  const kind = rng.weighted<"regular" | "depthwise" | "pointwise" | "grouped">([
    ["regular", 55],
    ["depthwise", 25],
    ["pointwise", 12],
    ["grouped", 8],
  ]);
  const kernel = kind === "pointwise" ? ([1, 1] as const) : drawKernel(rng, size);
  const side = Math.max(...kernel);
  const stride = rng.weighted([
    [1, 68],
    [2, size >= 2 ? 28 : 0],
    [4, size >= 16 ? 4 : 0],
  ]);
  const dilation = side > 1 && size >= 4 * side && rng.chance(0.05) ? 2 : 1;
  return {
    size,
    ...connectivity(rng, kind),
    kernel,
    stride,
    dilation,
    padded: size < 2 * side || (kernel[0] % 2 === 1 && !rng.chance(0.12)),
    activation: rng.weighted(ACTIVATIONS),
    residual: rng.chance(0.12),
    chain: rng.weighted([
      ["none", 66],
      ["conv", 22],
      ["pool", 12],
    ]),
  };
}

/**
 * Convolution `index` (below GRID_MODELS) of the regular grid: alone, stride 1, size kept, no activation. Any prefix
 * holds every cell equally often. The pairs of channels are drawn, since where the cost bound binds no fixed ones fit
 * all cells.
 */
export function gridConvSpec(index: number, rng: Rng): ConvSpec {
  const cell = index % GRID_CELLS;
  const side = KERNELS[cell % KERNELS.length] ?? 1;
  const size = GRID_SIZES[Math.floor(cell / KERNELS.length)] ?? 1;
  return {
    size,
    inChannels: channels(rng),
    outChannels: channels(rng),
    kernel: [side, side],
    stride: 1,
    dilation: 1,
    groups: 1,
    padded: true,
    activation: "none",
    residual: false,
    chain: "none",
  };
}
