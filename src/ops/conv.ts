import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedMul, formatShape, mulDims, unknownOfRank } from "../shapes/dims.js";
import { assertSameDim, assertVector, boundedInts, contradiction, malformed, positiveInt } from "./checks.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type Cost, type CostContext, type Operator } from "./operator.js";
import {
  assertLength,
  outputExtent,
  parseWindowAttributes,
  transposedExtent,
  windowAxes,
  type WindowAttributes,
} from "./window.js";
import { computeCost, knownElements } from "./work.js";

/**
 * Convolution, the operator that a convolutional network spends its time in.
 *
 *     X [N, Cin, ...spatial]    W [Cout, Cin / group, ...kernel]    B [Cout]    ->    Y [N, Cout, ...positions]
 *
 * The channels are cut into `group` groups that do not see each other: each output channel reads only its own group's
 * `Cin / group` input channels. `group = Cin` is the depthwise convolution.
 *
 * Cost: every element of Y is a dot product over one group's channels and the kernel's taps,
 *
 *     MACs  = N * Cout * prod(positions) * (Cin / group) * prod(kernel)
 *     FLOPs = 2 * MACs, and one addition for each element of Y where there is a bias
 *
 * Taps that fall on padding are counted, as in every published count (the first layer of ResNet-50 is 118 million
 * MACs), although an engine may skip them.
 */

export interface ConvAttributes extends WindowAttributes {
  readonly group: number;
}

/**
 * Attributes of Conv, QLinearConv and ConvInteger.
 * @throws ModelError("malformed") for a stride, dilation, kernel or group under 1.
 */
export function parseConvAttributes(node: OnnxNode): ConvAttributes {
  const { kernelShape, strides, dilations, pads, autoPad } = parseWindowAttributes(node);
  // Spelled out: spreading takes several times as long, and most nodes of many graphs are convolutions.
  return { kernelShape, strides, dilations, pads, autoPad, group: positiveInt(node, "group", 1) };
}

/**
 * Shape of a convolution's output, from those of input `[N, Cin, ...spatial]` and weights `[Cout, Cin / group,
 * ...kernel]`; either may be partly unknown.
 * @throws ModelError("invalid-graph") where they contradict each other or the attributes.
 */
export function convShape(node: OnnxNode, attributes: ConvAttributes, x: Shape, weights: Shape): Shape {
  const kernel = kernelOf(node, attributes, x, weights);
  if (kernel === null) return null;
  const outChannels = weights?.[0] ?? null;
  const inChannels = x?.[1] ?? null;
  assertDivisible(node, "output channels", outChannels, attributes.group);
  assertDivisible(node, "input channels", inChannels, attributes.group);
  const weighted = mulDims(weights?.[1] ?? null, attributes.group);
  assertSameDim(node, "W", inChannels, weighted, "channels of X and those that W has for all groups");

  const shape = unknownOfRank(kernel.length + 2);
  shape[0] = x?.[0] ?? null;
  shape[1] = outChannels;
  windowAxes(node, attributes, kernel).forEach((axis, i) => {
    shape[i + 2] = outputExtent(node, x?.[i + 2] ?? null, axis);
  });
  return shape;
}

/** MACs of a convolution: elements of its output times the taps that each one sums; of a transposed one the same of its input. */
export function convMacs(output: Shape | undefined, weights: Shape | undefined): number {
  return checkedMul(knownElements(output), knownElements(weights?.slice(1)));
}

/**
 * The kernel's extents, from the weights where they are known, else from `kernel_shape`; null where not even the
 * number of spatial axes is known. All sources must agree.
 */
function kernelOf(node: OnnxNode, attributes: WindowAttributes, x: Shape, weights: Shape): readonly Dim[] | null {
  const { kernelShape } = attributes;
  assertSpatial(node, "X", x);
  assertSpatial(node, "W", weights);
  if (x !== null && weights !== null && x.length !== weights.length) {
    throw contradiction(node, "W", `X ${formatShape(x)} and W ${formatShape(weights)} differ in rank`);
  }
  const rank = x?.length ?? weights?.length;
  const spatial = rank === undefined ? kernelShape?.length : rank - 2;
  if (spatial === undefined) return null;
  assertLength(node, "kernel_shape", kernelShape, spatial);
  const kernel = unknownOfRank(spatial);
  for (let axis = 0; axis < spatial; axis += 1) {
    const declared = kernelShape?.[axis] ?? null;
    const actual = weights?.[axis + 2] ?? null;
    assertSameDim(node, "kernel_shape", declared, actual, "kernel_shape and the kernel of W");
    if (actual === 0) throw contradiction(node, "W", `W ${formatShape(weights)} holds an empty kernel`);
    kernel[axis] = typeof actual === "number" ? actual : (declared ?? actual);
  }
  return kernel;
}

function assertSpatial(node: OnnxNode, field: string, shape: Shape): void {
  if (shape === null || shape.length >= 3) return;
  throw contradiction(node, field, `${field} ${formatShape(shape)} has no spatial axis`);
}

function assertDivisible(node: OnnxNode, what: string, channels: Dim, group: number): void {
  if (typeof channels !== "number" || channels % group === 0) return;
  throw contradiction(node, "group", `${channels} ${what} cannot be divided into ${group} groups`);
}

const conv = defineOperator<ConvAttributes>({
  domain: "",
  type: "Conv",
  since: [1, 11, 22],
  kind: "conv",
  parseAttributes: parseConvAttributes,
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const weights = requiredInput(context, 1, "W");
    const shape = convShape(context.node, context.attributes, x.shape, weights.shape);
    assertVector(context.node, "B", optionalInput(context, 2)?.shape ?? null, shape?.[1] ?? null);
    return [fact(x.dtype ?? weights.dtype, shape)];
  },
  cost(context) {
    return convCost(context, convMacs(context.outputs[0]?.shape, context.inputs[1]?.shape));
  },
});

export interface ConvTransposeAttributes extends ConvAttributes {
  /** Elements added at each axis' end, under the stride or the dilation; null: none. */
  readonly outputPadding: readonly number[] | null;
  /** Spatial extents that the pads are derived from; null: the pads are given. */
  readonly outputShape: readonly number[] | null;
}

/**
 * The transposed ("de-") convolution scatters every input element over a kernel's worth of outputs, so its weights
 * lie the other way round, `[Cin, Cout / group, ...kernel]`, and its MACs follow the input's extent:
 *
 *     MACs = N * Cin * prod(spatial) * (Cout / group) * prod(kernel)
 */
const convTranspose = defineOperator<ConvTransposeAttributes>({
  domain: "",
  type: "ConvTranspose",
  since: [1, 11, 22],
  kind: "conv",
  parseAttributes(node) {
    const attributes = {
      ...parseConvAttributes(node),
      outputPadding: boundedInts(node, "output_padding", 0),
      outputShape: boundedInts(node, "output_shape", 1),
    };
    assertOutputPadding(node, attributes);
    return attributes;
  },
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const weights = requiredInput(context, 1, "W");
    const shape = convTransposeShape(context.node, context.attributes, x.shape, weights.shape);
    assertVector(context.node, "B", optionalInput(context, 2)?.shape ?? null, shape?.[1] ?? null);
    return [fact(x.dtype ?? weights.dtype, shape)];
  },
  cost(context) {
    return convCost(context, convMacs(context.inputs[0]?.shape, context.inputs[1]?.shape));
  },
});

function convTransposeShape(node: OnnxNode, attributes: ConvTransposeAttributes, x: Shape, weights: Shape): Shape {
  const { group, outputPadding, outputShape } = attributes;
  const kernel = kernelOf(node, attributes, x, weights);
  if (kernel === null) return null;
  assertLength(node, "output_padding", outputPadding, kernel.length);
  assertLength(node, "output_shape", outputShape, kernel.length);
  assertSameDim(node, "W", x?.[1] ?? null, weights?.[0] ?? null, "channels of X and W");
  assertDivisible(node, "input channels", weights?.[0] ?? x?.[1] ?? null, group);

  const extents = windowAxes(node, attributes, kernel).map(
    (axis, i) => outputShape?.[i] ?? transposedExtent(node, x?.[i + 2] ?? null, axis, outputPadding?.[i] ?? 0),
  );
  return [x?.[0] ?? null, mulDims(weights?.[1] ?? null, group), ...extents];
}

/** "Each padding value in output_padding must be less than the corresponding stride/dilation dimension." */
function assertOutputPadding(node: OnnxNode, attributes: ConvTransposeAttributes): void {
  attributes.outputPadding?.forEach((padding, axis) => {
    const limit = Math.max(attributes.strides?.[axis] ?? 1, attributes.dilations?.[axis] ?? 1);
    if (padding >= limit && padding > 0) {
      throw malformed(node, "output_padding", `output_padding ${padding} is not under the stride or dilation ${limit}`);
    }
  });
}

/** Both operators take X, W and an optional B; a bias adds once to each element of the output. */
function convCost(context: CostContext<unknown>, macs: number): Cost {
  const hasBias = optionalInput(context, 2) !== null;
  return computeCost(context, { macs, otherFlops: hasBias ? knownElements(context.outputs[0]?.shape) : 0 });
}

export const operators: readonly Operator[] = [conv, convTranspose];
