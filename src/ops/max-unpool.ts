import type { OnnxNode, Shape } from "../onnx/types.js";
import { formatShape, unknownOfRank } from "../shapes/dims.js";
import { contradiction, malformed } from "./checks.js";
import { copyCost, fact, optionalInput, requiredInput, vectorLength } from "./facts.js";
import { defineOperator, type InferenceContext, type Operator } from "./operator.js";
import { dimsFromValue } from "./shape-value.js";
import { parseWindowAttributes, transposedExtent, windowAxes, type WindowAttributes } from "./window.js";

export interface MaxUnpoolAttributes extends WindowAttributes {
  readonly kernelShape: readonly number[];
}

/**
 * MaxUnpool: what a MaxPool kept `[N, C, ...positions]` goes back to where its indices say, the rest is zero. The output
 * has the extents of a transposed window, or the shape that a third input spells out.
 */
const maxUnpool = defineOperator<MaxUnpoolAttributes>({
  domain: "",
  type: "MaxUnpool",
  since: [9, 11, 22],
  kind: "pool",
  parseAttributes: parseMaxUnpool,
  inferShapes(context) {
    const x = requiredInput(context, 0, "X");
    requiredInput(context, 1, "I");
    return [fact(x.dtype, unpooledShape(context, x.shape))];
  },
  cost: copyCost,
});

function parseMaxUnpool(node: OnnxNode): MaxUnpoolAttributes {
  const window = parseWindowAttributes(node);
  const { kernelShape } = window;
  if (kernelShape === null) throw malformed(node, "kernel_shape", "kernel_shape is missing");
  return { ...window, kernelShape };
}

function unpooledShape(context: InferenceContext<MaxUnpoolAttributes>, x: Shape): Shape {
  const { node, attributes } = context;
  const { kernelShape } = attributes;
  const rank = kernelShape.length + 2;
  if (x !== null && x.length !== rank) {
    throw contradiction(node, "kernel_shape", `kernel_shape does not fit X ${formatShape(x)}`);
  }
  const given = optionalInput(context, 2);
  if (given !== null) {
    const length = vectorLength(given);
    if (length !== null && length !== rank) {
      throw contradiction(node, "output_shape", `output_shape has ${length} elements where X has ${rank} axes`);
    }
    return dimsFromValue(given) ?? unknownOfRank(rank);
  }
  const extents = windowAxes(node, attributes, kernelShape).map((axis, i) =>
    transposedExtent(node, x?.[i + 2] ?? null, axis, 0),
  );
  return [x?.[0] ?? null, x?.[1] ?? null, ...extents];
}

export const operators: readonly Operator[] = [maxUnpool];
