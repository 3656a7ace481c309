import { intAttr } from "../onnx/attributes.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import {
  addDims,
  checkedMul,
  checkedProduct,
  floorDivDims,
  formatShape,
  mulDims,
  normalizeAxis,
  subDims,
  unknownOfRank,
} from "../shapes/dims.js";
import { assertMinimumRank, assertSameDim, contradiction, flag } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, optionalInput, requiredInput, scalarValue } from "./facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "./operator.js";
import { dimFromScalar } from "./shape-value.js";
import { computeCost, knownElements, levelsOf } from "./work.js";

/**
 * Fourier transforms of signals whose last axis holds real parts, or real and imaginary ones.
 *
 * FLOPs of one transform of length n: 5 · n · ceil(log2 n), as FFTW counts (https://www.fftw.org/speed/method.html),
 * and half as many where symmetry leaves out half of the spectrum. Lengths that are no power of two cost an engine more.
 */
function transformFlops(length: number, onesided: boolean): number {
  const complex = checkedProduct([5, length, levelsOf(length)]);
  return onesided ? Math.ceil(complex / 2) : complex;
}

export interface DftAttributes {
  /** Where it is an attribute (opset 17); null: an input. */
  readonly axis: number | null;
  readonly inverse: boolean;
  readonly onesided: boolean;
}

/** Outputs that hold one number for each point rather than two. */
function isReal({ inverse, onesided }: DftAttributes): boolean {
  return inverse && onesided;
}

/** DFT along one axis: `[..., n, ..., 1 or 2]` -> `[..., length, ..., 2]`; one-sided forwards length / 2 + 1, back real. */
const dft = defineOperator<DftAttributes>({
  domain: "",
  type: "DFT",
  since: [17, 20],
  kind: "other",
  parseAttributes: (node, opset) => ({
    axis: opset < 20 ? intAttr(node, "axis", 1) : null,
    inverse: flag(node, "inverse", false),
    onesided: flag(node, "onesided", false),
  }),
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    return [fact(input.dtype, dftShape(context, input.shape))];
  },
  cost: dftCost,
});

function dftShape(context: InferenceContext<DftAttributes>, input: Shape): Shape {
  if (input === null) return null;
  const { node, attributes } = context;
  assertMinimumRank(node, "input", input, 2);
  assertParts(node, "input", input);
  const parts = isReal(attributes) ? 1 : 2;
  const axis = transformedAxis(context, input);
  if (axis === null) {
    // Whichever axis it is, its length stays as it is.
    const kept = !attributes.onesided && optionalInput(context, 1) === null;
    return [...(kept ? input.slice(0, -1) : unknownOfRank(input.length - 1)), parts];
  }
  const length = transformLength(context, input, axis);
  const extent = attributes.onesided && !attributes.inverse ? halfSpectrum(length) : length;
  return [...input.slice(0, -1).map((dim, at) => (at === axis ? extent : dim)), parts];
}

/** @throws ModelError("invalid-graph") for an axis outside the rank, or the one that holds the parts of numbers. */
function transformedAxis(context: InferenceContext<DftAttributes>, input: readonly Dim[]): number | null {
  const given = optionalInput(context, 2);
  const axis = context.attributes.axis ?? (given === null ? -2 : scalarValue(given));
  if (typeof axis !== "number") return null;
  const normalized = normalizeAxis(axis, input.length);
  if (normalized < input.length - 1) return normalized;
  throw contradiction(context.node, "axis", `axis ${axis} of ${formatShape(input)} holds the parts of numbers`);
}

function transformLength(context: InferenceContext<DftAttributes>, input: readonly Dim[], axis: number): Dim {
  const given = optionalInput(context, 1);
  if (given !== null) return dimFromScalar(given, "dft_length");
  const extent = input[axis] ?? null;
  return isReal(context.attributes) ? mulDims(2, subDims(extent, 1)) : extent;
}

/** Frequencies that are left when those that mirror others are left out: floor(length / 2) + 1. */
function halfSpectrum(length: Dim): Dim {
  return addDims(floorDivDims(length, 2), 1);
}

function assertParts(node: OnnxNode, field: string, shape: readonly Dim[]): void {
  const parts = shape.at(-1);
  if (typeof parts !== "number" || parts === 1 || parts === 2) return;
  throw contradiction(node, field, `the last axis of ${field} ${formatShape(shape)} should hold 1 or 2 parts`);
}

/** An axis that is known only as the model runs counts as the last one of the signal. */
function dftCost(context: CostContext<DftAttributes>) {
  const input = context.inputs[0]?.shape ?? [];
  const axis = transformedAxis(context, input) ?? input.length - 2;
  const length = transformLength(context, input, axis) ?? context.outputs[0]?.shape?.[axis] ?? null;
  const transforms = knownElements(input.slice(0, -1).filter((_, at) => at !== axis));
  const flops = transformFlops(knownElements([length]), context.attributes.onesided);
  return computeCost(context, { otherFlops: checkedMul(transforms, flops) });
}

export interface StftAttributes {
  readonly onesided: boolean;
}

/**
 * STFT: frames `[B, length, 1 or 2]` -> `[B, frames, frequencies, 2]`, a window over each frame before its transform (one
 * FLOP an element).
 */
const stft = defineOperator<StftAttributes>({
  domain: "",
  type: "STFT",
  since: [17],
  kind: "other",
  parseAttributes: (node) => ({ onesided: flag(node, "onesided", true) }),
  inferShapes(context) {
    const { node, attributes } = context;
    const signal = requiredInput(context, 0, "signal");
    assertRank(node, "signal", signal.shape, 3);
    if (signal.shape !== null) assertParts(node, "signal", signal.shape);
    const length = frameLength(context);
    const frames = frameCount(context, length);
    const frequencies = attributes.onesided ? halfSpectrum(length) : length;
    return [fact(signal.dtype, [signal.shape?.[0] ?? null, frames, frequencies, 2])];
  },
  cost(context) {
    const [batch = null, frames = null, frequencies = null] = context.outputs[0]?.shape ?? [];
    // Where the length of a frame is known only as the model runs, the shape of the output was stated: an even length.
    const stated = context.attributes.onesided ? mulDims(2, subDims(frequencies, 1)) : frequencies;
    const length = knownElements([frameLength(context) ?? stated]);
    const windowed = optionalInput(context, 2) === null ? 0 : length;
    const flops = transformFlops(length, context.attributes.onesided) + windowed;
    return computeCost(context, { otherFlops: checkedMul(knownElements([batch, frames]), flops) });
  },
});

/** Given, or the window's, or that of the whole signal. */
function frameLength(context: InferenceContext<StftAttributes>): Dim {
  const given = optionalInput(context, 3);
  const window = optionalInput(context, 2);
  assertRank(context.node, "window", window?.shape ?? null, 1);
  const ofWindow = window?.shape?.[0] ?? null;
  if (given !== null) {
    const length = dimFromScalar(given, "frame_length");
    assertSameDim(context.node, "window", length, ofWindow, "length of the window and of a frame");
    return length ?? ofWindow;
  }
  return window === null ? (context.inputs[0]?.shape?.[1] ?? null) : ofWindow;
}

/** floor((signal - frame) / step) + 1. */
function frameCount(context: InferenceContext<StftAttributes>, frame: Dim): Dim {
  const step = dimFromScalar(requiredInput(context, 1, "frame_step"), "frame_step");
  if (step === 0) throw contradiction(context.node, "frame_step", "frames in steps of 0");
  const travel = subDims(context.inputs[0]?.shape?.[1] ?? null, frame);
  if (typeof travel === "number" && travel < 0) {
    throw contradiction(context.node, "frame_length", "a frame is longer than the signal");
  }
  return travel === 0 ? 1 : addDims(floorDivDims(travel, step), 1);
}

export const operators: readonly Operator[] = [dft, stft];
