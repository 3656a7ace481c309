import { floatAttr, intAttr, intsAttr } from "../onnx/attributes.js";
import { dataTypeOf, type DataType } from "../onnx/dtype.js";
import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { formatShape, normalizeAxes, normalizeAxis } from "../shapes/dims.js";
import { assertBroadcastsTo, assertVector, contradiction, flag, malformed, positiveInt } from "./checks.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type CostContext, type InferenceContext, type Operator } from "./operator.js";
import { computeCost, perElement } from "./work.js";

/**
 * Normalizations keep the shape. They have no MACs here (published counters give them none, or 4 to 5 FLOPs an
 * element); FLOPs for each element of X:
 *
 *     statistics in one pass      3   one addition to the sum, one multiplication and addition to the sum of squares
 *     x * a + b                   2   with a and b, of lower order, folded from mean, variance, scale and bias
 *
 * Source of the shapes: the ONNX operator specification.
 */

const STATISTICS = 3;
const SCALE_AND_SHIFT = 2;

function elementwiseCost(context: CostContext<unknown>, flopsPerElement: number) {
  return computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, flopsPerElement) });
}

/** The channel axis of `[N, C, ...]`; null where unknown. A vector is N values of one channel. */
function channelsOf(node: OnnxNode, x: Shape): Dim {
  if (x?.length === 0) throw contradiction(node, "X", "X is a scalar");
  return x === null ? null : x.length === 1 ? 1 : (x[1] ?? null);
}

export interface BatchNormalizationAttributes {
  readonly epsilon: number;
  readonly training: boolean;
  /** False (up to opset 8): statistics for each element, so that scale and bias are as large as one sample. */
  readonly spatial: boolean;
}

/**
 * BatchNormalization: with the statistics given, x * a + b. While training (training_mode since opset 14, before it
 * whenever the node asks for the statistics) they are computed as well, and are outputs of length C.
 */
const batchNormalization = defineOperator<BatchNormalizationAttributes>({
  domain: "",
  type: "BatchNormalization",
  since: [1, 6, 7, 9, 14, 15],
  kind: "normalization",
  parseAttributes: (node, opset) => ({
    epsilon: floatAttr(node, "epsilon", 1e-5),
    training: opset >= 14 ? flag(node, "training_mode", false) : node.outputs.slice(1).some((name) => name !== ""),
    spatial: opset >= 9 || flag(node, "spatial", true),
  }),
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const channels = channelsOf(node, x.shape);
    const parameters = ["scale", "B", "mean", "var"].map((name, index) => {
      const parameter = requiredInput(context, index + 1, name);
      if (attributes.spatial) assertVector(node, name, parameter.shape, channels);
      return parameter;
    });
    const statisticsShape = attributes.spatial ? [channels] : (x.shape?.slice(1) ?? null);
    const statistics = fact(parameters[2]?.dtype ?? x.dtype, statisticsShape);
    return [fact(x.dtype, x.shape), statistics, statistics, statistics, statistics].slice(0, node.outputs.length);
  },
  cost: (context) => elementwiseCost(context, (context.attributes.training ? STATISTICS : 0) + SCALE_AND_SHIFT),
});

/** InstanceNormalization: statistics for each sample and channel. */
const instanceNormalization = defineOperator<{ readonly epsilon: number }>({
  domain: "",
  type: "InstanceNormalization",
  since: [1, 6, 22],
  kind: "normalization",
  parseAttributes: (node) => ({ epsilon: floatAttr(node, "epsilon", 1e-5) }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "input");
    const channels = channelsOf(context.node, x.shape);
    assertVector(context.node, "scale", requiredInput(context, 1, "scale").shape, channels);
    assertVector(context.node, "B", requiredInput(context, 2, "B").shape, channels);
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, STATISTICS + SCALE_AND_SHIFT),
});

export interface GroupNormalizationAttributes {
  readonly epsilon: number;
  readonly numGroups: number;
}

/**
 * GroupNormalization: statistics for each sample and group of channels. Scale and bias have an element for each group
 * in opset 18, for each channel since 21.
 */
const groupNormalization = defineOperator<GroupNormalizationAttributes>({
  domain: "",
  type: "GroupNormalization",
  since: [18, 21],
  kind: "normalization",
  parseAttributes: (node) => ({
    epsilon: floatAttr(node, "epsilon", 1e-5),
    numGroups: positiveInt(node, "num_groups", 0),
  }),
  inferShapes(context) {
    const { node, attributes, opset } = context;
    const x = requiredInput(context, 0, "X");
    const channels = channelsOf(node, x.shape);
    if (typeof channels === "number" && channels % attributes.numGroups !== 0) {
      const message = `${channels} channels cannot be divided into ${attributes.numGroups} groups`;
      throw contradiction(node, "num_groups", message);
    }
    const length = opset < 21 ? attributes.numGroups : channels;
    assertVector(node, "scale", requiredInput(context, 1, "scale").shape, length);
    assertVector(node, "bias", requiredInput(context, 2, "bias").shape, length);
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, STATISTICS + SCALE_AND_SHIFT),
});

export interface LayerNormalizationAttributes {
  /** First of the axes that are normalized together. */
  readonly axis: number;
  readonly epsilon: number;
  /** Type that the statistics are computed and returned in. */
  readonly stashType: DataType;
}

function parseLayerNormalization(node: OnnxNode): LayerNormalizationAttributes {
  const stashType = dataTypeOf(intAttr(node, "stash_type", 1));
  if (stashType === null) throw malformed(node, "stash_type", "stash_type names no type");
  return { axis: intAttr(node, "axis", -1), epsilon: floatAttr(node, "epsilon", 1e-5), stashType };
}

/** Checks the scale against the normalized axes and returns the statistics' shape, in which those axes are 1. */
function layerStatisticsShape(context: InferenceContext<LayerNormalizationAttributes>, x: Shape): Shape {
  const { node, attributes } = context;
  if (x === null) return null;
  if (x.length === 0) throw contradiction(node, "X", "X is a scalar");
  const axis = normalizeAxis(attributes.axis, x.length);
  assertBroadcastsTo(node, "scale", requiredInput(context, 1, "scale").shape, x);
  assertBroadcastsTo(node, "B", optionalInput(context, 2)?.shape ?? null, x);
  return x.map((dim, i) => (i < axis ? dim : 1));
}

/** LayerNormalization: (x - mean) / deviation over the last axes (2), times a scale (1), plus a bias if any (1). */
const layerNormalization = defineOperator<LayerNormalizationAttributes>({
  domain: "",
  type: "LayerNormalization",
  since: [17],
  kind: "normalization",
  parseAttributes: parseLayerNormalization,
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    const statistics = fact(context.attributes.stashType, layerStatisticsShape(context, x.shape));
    return [fact(x.dtype, x.shape), statistics, statistics].slice(0, context.node.outputs.length);
  },
  cost: (context) =>
    elementwiseCost(context, STATISTICS + SCALE_AND_SHIFT + (optionalInput(context, 2) === null ? 1 : 2)),
});

/** RMSNormalization: no mean is taken, so squares and their sum (2), the division (1) and the scale (1). */
const rmsNormalization = defineOperator<LayerNormalizationAttributes>({
  domain: "",
  type: "RMSNormalization",
  since: [23],
  kind: "normalization",
  parseAttributes: parseLayerNormalization,
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    layerStatisticsShape(context, x.shape);
    return [fact(requiredInput(context, 1, "scale").dtype ?? x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, 4),
});

export interface LrnAttributes {
  /** Neighbouring channels that are summed over. */
  readonly size: number;
}

/**
 * LRN: x / (bias + alpha / size * sum of squares over `size` channels) ^ beta. Two for each channel of the window
 * (multiply, add), then multiply, add, power, divide. Channels beyond the edge are counted, as taps on padding are.
 */
const lrn = defineOperator<LrnAttributes>({
  domain: "",
  type: "LRN",
  since: [1, 13],
  kind: "normalization",
  parseAttributes: (node) => ({ size: positiveInt(node, "size", 0) }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    if (x.shape !== null && x.shape.length < 2) {
      throw contradiction(context.node, "X", `X ${formatShape(x.shape)} has no channels`);
    }
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, 2 * context.attributes.size + 4),
});

/** LpNormalization: x / norm along an axis: absolute value or square (1), sum (1), division (1). */
const lpNormalization = defineOperator<{ readonly axis: number; readonly p: number }>({
  domain: "",
  type: "LpNormalization",
  since: [1, 22],
  kind: "normalization",
  parseAttributes(node) {
    const p = intAttr(node, "p", 2);
    if (p !== 1 && p !== 2) throw malformed(node, "p", `p must be 1 or 2, not ${p}`);
    return { axis: intAttr(node, "axis", -1), p };
  },
  inferShapes(context) {
    const x = requiredInput(context, 0, "input");
    if (x.shape !== null) normalizeAxis(context.attributes.axis, x.shape.length);
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, 3),
});

/** MeanVarianceNormalization: (x - mean) / deviation over the axes. */
const meanVarianceNormalization = defineOperator<{ readonly axes: readonly number[] }>({
  domain: "",
  type: "MeanVarianceNormalization",
  since: [9, 13],
  kind: "normalization",
  parseAttributes: (node) => ({ axes: intsAttr(node, "axes") ?? [0, 2, 3] }),
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    if (x.shape !== null) normalizeAxes(context.attributes.axes, x.shape.length);
    return [fact(x.dtype, x.shape)];
  },
  cost: (context) => elementwiseCost(context, STATISTICS + SCALE_AND_SHIFT),
});

export const operators: readonly Operator[] = [
  batchNormalization,
  instanceNormalization,
  groupNormalization,
  layerNormalization,
  rmsNormalization,
  lrn,
  lpNormalization,
  meanVarianceNormalization,
];
