import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd, checkedMul, checkedProduct } from "../shapes/dims.js";
import { assertSameDim, assertVector, contradiction, positiveInt } from "./checks.js";
import { convMacs, convShape, parseConvAttributes, type ConvAttributes } from "./conv.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { defineOperator, type CostContext, type Operator } from "./operator.js";
import { computeCost, knownElements } from "./work.js";

export interface DeformConvAttributes extends ConvAttributes {
  readonly offsetGroup: number;
}

/**
 * DeformConv: a convolution whose taps read where the offsets say, between elements.
 *
 *     X [N, Cin, ...spatial], W [Cout, Cin / group, ...kernel],
 *     offset [N, offset_group · prod(kernel) · d, ...positions], mask [N, offset_group · prod(kernel), ...positions]
 *     -> Y [N, Cout, ...positions]
 *
 * Cost: the MACs of the convolution; for each of the N · Cin · prod(positions) · prod(kernel) elements that are read,
 * 2 · 2^d FLOPs to interpolate over d axes, as Resize counts them, and 1 for a mask; 1 an output element for a bias.
 */
const deformConv = defineOperator<DeformConvAttributes>({
  domain: "",
  type: "DeformConv",
  since: [19, 22],
  kind: "conv",
  parseAttributes: (node) => ({ ...parseConvAttributes(node), offsetGroup: positiveInt(node, "offset_group", 1) }),
  inferShapes(context) {
    const { node, attributes } = context;
    const x = requiredInput(context, 0, "X");
    const weights = requiredInput(context, 1, "W");
    const offset = requiredInput(context, 2, "offset").shape;
    const shape = convShape(node, attributes, x.shape, weights.shape);
    assertVector(node, "B", optionalInput(context, 3)?.shape ?? null, shape?.[1] ?? null);
    const channels = x.shape?.[1] ?? null;
    if (typeof channels === "number" && channels % attributes.offsetGroup !== 0) {
      const message = `${channels} channels cannot be divided into ${attributes.offsetGroup} groups`;
      throw contradiction(node, "offset_group", message);
    }
    assertPositions(node, "offset", offset, shape);
    assertPositions(node, "mask", optionalInput(context, 4)?.shape ?? null, shape);
    return [fact(x.dtype ?? weights.dtype, shape)];
  },
  cost(context) {
    const output = context.outputs[0]?.shape;
    const bias = optionalInput(context, 3) === null ? 0 : knownElements(output);
    const read = checkedMul(sampledElements(context), interpolation(output) + (optionalInput(context, 4) === null ? 0 : 1));
    return computeCost(context, {
      macs: convMacs(output, context.inputs[1]?.shape),
      otherFlops: checkedAdd(read, bias),
    });
  },
});

/** @throws ModelError("invalid-graph") where a tensor has other positions than the output. */
function assertPositions(node: OnnxNode, field: string, tensor: Shape, output: Shape): void {
  if (tensor === null || output === null) return;
  assertSameDim(node, field, tensor.length, output.length, `axes of ${field} and of the output`);
  output.forEach((dim, axis) => {
    if (axis !== 1) assertSameDim(node, field, tensor[axis] ?? null, dim, `axis ${axis} of ${field} and of the output`);
  });
}

function sampledElements({ inputs, outputs }: CostContext<unknown>): number {
  const taps = knownElements(inputs[1]?.shape?.slice(2));
  const channels = knownElements(inputs[0]?.shape?.slice(0, 2));
  return checkedProduct([channels, knownElements(outputs[0]?.shape?.slice(2)), taps]);
}

function interpolation(output: Shape | undefined): number {
  return 2 * 2 ** ((output?.length ?? 2) - 2);
}

export const operators: readonly Operator[] = [deformConv];
