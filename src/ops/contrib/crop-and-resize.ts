import { stringAttr } from "../../onnx/attributes.js";
import type { Dim, OnnxNode } from "../../onnx/types.js";
import { assertSameDim, contradiction, malformed } from "../checks.js";
import { fact, requiredInput, scalarOrVectorValue } from "../facts.js";
import { defineOperator, type Operator, type ValueFact } from "../operator.js";
import { computeCost, perElement } from "../work.js";
import { assertRank } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";

/** FLOPs of a point between four elements, as Resize counts it. */
const BILINEAR = 8;

/** Boxes `[R, 4]` of the images `[N, C, H, W]` that `batch_indices [R]` name, each resized to `crop_size` -> `[R, C, h, w]`. */
const cropAndResize = defineOperator<{ readonly flopsPerElement: number }>({
  domain: MICROSOFT,
  type: "CropAndResize",
  since: [1],
  kind: "movement",
  parseAttributes: (node) => ({ flopsPerElement: modeOf(node) === "bilinear" ? BILINEAR : 0 }),
  inferShapes(context) {
    const { node } = context;
    const x = requiredInput(context, 0, "X");
    const boxes = requiredInput(context, 1, "rois").shape;
    const images = requiredInput(context, 2, "batch_indices").shape;
    const [height, width] = sizeOf(node, requiredInput(context, 3, "crop_size"));
    assertRank(node, "X", x.shape, 4);
    assertRank(node, "rois", boxes, 2);
    assertSameDim(node, "rois", boxes?.[1] ?? null, 4, "coordinates of a box");
    assertSameDim(node, "batch_indices", boxes?.[0] ?? null, images?.[0] ?? null, "boxes and batch_indices");
    return [fact(x.dtype, [boxes?.[0] ?? images?.[0] ?? null, x.shape?.[1] ?? null, height, width])];
  },
  cost: (context) =>
    computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, context.attributes.flopsPerElement) }),
});

/** Height and width, as far as they are known. */
function sizeOf(node: OnnxNode, size: ValueFact): readonly [Dim, Dim] {
  const sides = scalarOrVectorValue(size);
  if (sides === null) return [null, null];
  const isSide = (side: Dim): boolean => typeof side !== "number" || (Number.isSafeInteger(side) && side >= 1);
  const [height = null, width = null] = sides;
  if (sides.length === 2 && sides.every(isSide)) return [height, width];
  throw contradiction(node, "crop_size", "crop_size must be two positive numbers");
}

function modeOf(node: OnnxNode): "bilinear" | "nearest" {
  const mode = stringAttr(node, "mode", "bilinear");
  if (mode === "bilinear" || mode === "nearest") return mode;
  throw malformed(node, "mode", `mode must be bilinear or nearest, not "${mode}"`);
}

export const operators: readonly Operator[] = [cropAndResize];
