import { intAttr, stringAttr } from "../onnx/attributes.js";
import type { OnnxNode } from "../onnx/types.js";
import { checkedAdd, checkedMul } from "../shapes/dims.js";
import { assertSameDim, boundedInts, malformed, positiveInt } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput } from "./facts.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

/** Points that are looked at along each side of a bin where their number depends on the size of the box. */
const ADAPTIVE_SAMPLES = 2;
/** FLOPs of a point between four elements, as Resize counts it, and of adding it up or comparing it. */
const POINT = 8 + 1;

export interface RoiAlignAttributes {
  readonly height: number;
  readonly width: number;
  /** Along each side of a bin. */
  readonly samples: number;
}

/**
 * RoiAlign: X `[N, C, H, W]` pooled over boxes `[R, 4]` of the images that `batch_indices [R]` name -> `[R, C, height,
 * width]`. FLOPs of each output element: 9 for each of its points, and a division. An adaptive number of points
 * (sampling_ratio 0) depends on the boxes; 2 · 2 are counted.
 */
const roiAlign = defineOperator<RoiAlignAttributes>({
  domain: "",
  type: "RoiAlign",
  since: [10, 16, 22],
  kind: "pool",
  parseAttributes: parseRoiAlign,
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const boxes = requiredInput(context, 1, "rois").shape;
    const images = requiredInput(context, 2, "batch_indices").shape;
    assertRank(node, "X", x.shape, 4);
    assertRank(node, "rois", boxes, 2);
    assertRank(node, "batch_indices", images, 1);
    assertSameDim(node, "rois", boxes?.[1] ?? null, 4, "coordinates of a box");
    assertSameDim(node, "batch_indices", boxes?.[0] ?? null, images?.[0] ?? null, "boxes and batch_indices");
    const count = boxes?.[0] ?? images?.[0] ?? null;
    return [fact(x.dtype, [count, x.shape?.[1] ?? null, attributes.height, attributes.width])];
  },
  cost(context) {
    const { samples } = context.attributes;
    const flops = checkedAdd(checkedMul(checkedMul(samples, samples), POINT), 1);
    return computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flops) });
  },
});

function parseRoiAlign(node: OnnxNode): RoiAlignAttributes {
  const ratio = intAttr(node, "sampling_ratio", 0);
  if (ratio < 0) throw malformed(node, "sampling_ratio", `sampling_ratio must not be ${ratio}`);
  const mode = stringAttr(node, "mode", "avg");
  if (mode !== "avg" && mode !== "max") throw malformed(node, "mode", `mode must be avg or max, not "${mode}"`);
  return {
    height: positiveInt(node, "output_height", 1),
    width: positiveInt(node, "output_width", 1),
    samples: ratio === 0 ? ADAPTIVE_SAMPLES : ratio,
  };
}

export interface MaxRoiPoolAttributes {
  readonly height: number;
  readonly width: number;
}

/**
 * MaxRoiPool: the same for boxes `[R, 5]` that begin with the index of their image, each bin the maximum of its elements.
 * FLOPs: a comparison for each element of a box, which is an upper bound where it is smaller than the image.
 */
const maxRoiPool = defineOperator<MaxRoiPoolAttributes>({
  domain: "",
  type: "MaxRoiPool",
  since: [1, 22],
  kind: "pool",
  parseAttributes(node) {
    const [height, width, ...others] = boundedInts(node, "pooled_shape", 1) ?? [];
    if (height !== undefined && width !== undefined && others.length === 0) return { height, width };
    throw malformed(node, "pooled_shape", "pooled_shape must be a height and a width");
  },
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const boxes = requiredInput(context, 1, "rois").shape;
    assertRank(node, "X", x.shape, 4);
    assertRank(node, "rois", boxes, 2);
    assertSameDim(node, "rois", boxes?.[1] ?? null, 5, "elements of a box");
    return [fact(x.dtype, [boxes?.[0] ?? null, x.shape?.[1] ?? null, attributes.height, attributes.width])];
  },
  cost(context) {
    const boxes = knownElements([context.inputs[1]?.shape?.[0] ?? null]);
    const image = knownElements(context.inputs[0]?.shape?.slice(1));
    return computeCost(context, { otherFlops: checkedMul(boxes, image) });
  },
});

export const operators: readonly Operator[] = [roiAlign, maxRoiPool];
