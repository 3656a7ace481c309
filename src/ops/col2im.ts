import type { Dim, OnnxNode, Shape } from "../onnx/types.js";
import { checkedProduct, checkedRank, isKnown } from "../shapes/dims.js";
import { assertSameDim, contradiction } from "./checks.js";
import { assertRank } from "./contrib/dimensions.js";
import { fact, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";
import { assertLength, parseWindowAttributes, type WindowAttributes } from "./window.js";
import { computeCost, knownElements } from "./work.js";

/**
 * Col2Im: columns of blocks `[N, C · prod(block), L]` added up to images `[N, C, ...image]`. FLOPs: one addition for each
 * element of the columns.
 */
const col2Im = defineOperator<WindowAttributes>({
  domain: "",
  type: "Col2Im",
  since: [18],
  kind: "movement",
  parseAttributes: parseWindowAttributes,
  inferShapes(context) {
    const input = requiredInput(context, 0, "input");
    return [fact(input.dtype, imageShape(context, input.shape))];
  },
  cost: (context) => computeCost(context, { otherFlops: knownElements(context.inputs[0]?.shape) }),
});

function imageShape(context: InferenceContext<WindowAttributes>, input: Shape): Shape {
  const { node, attributes } = context;
  assertRank(node, "input", input, 3);
  const image = requiredInput(context, 1, "image_shape");
  const block = requiredInput(context, 2, "block_shape");
  const axes = vectorLength(image) ?? vectorLength(block);
  if (axes === null) return null;
  assertSameDim(node, "block_shape", axes, vectorLength(block), "elements of image_shape and block_shape");
  assertLength(node, "strides", attributes.strides, axes);
  assertLength(node, "dilations", attributes.dilations, axes);
  assertLength(node, "pads", attributes.pads, 2 * axes);
  const extents = dimsFromValue(image);
  const spatial = Array.from({ length: checkedRank(axes) }, (_, axis): Dim => extents?.[axis] ?? null);
  return [input?.[0] ?? null, channelsOf(node, input?.[1] ?? null, dimsFromValue(block)), ...spatial];
}

function channelsOf(node: OnnxNode, rows: Dim, block: readonly Dim[] | null): Dim {
  if (typeof rows !== "number" || !isKnown(block)) return null;
  const elements = checkedProduct(block);
  if (elements > 0 && rows % elements === 0) return rows / elements;
  throw contradiction(node, "block_shape", `${rows} rows cannot be divided into blocks of ${elements}`);
}

export const operators: readonly Operator[] = [col2Im];
