import type { DataType } from "../onnx/dtype.js";
import type { OnnxNode, Shape } from "../onnx/types.js";
import { checkedAdd } from "../shapes/dims.js";
import { assertVector, typeAttr } from "./checks.js";
import { convMacs, convShape, parseConvAttributes, type ConvAttributes } from "./conv.js";
import { fact, optionalInput, requiredInput } from "./facts.js";
import { matMulMacs, matMulShape } from "./gemm.js";
import { defineOperator, type Operator } from "./operator.js";
import { computeCost, knownElements, perElement } from "./work.js";

/**
 * Quantized arithmetic. Costs, in FLOPs although the operations are partly on integers:
 *
 *     quantize an element     4   divide by the scale, round, add the zero point, saturate
 *     dequantize              2   subtract the zero point, multiply by the scale
 *     a product's result      4   requantized as above, after its MACs
 *
 * The zero points' corrections inside a product are of lower order (a row's or column's sum) and not counted.
 */
const QUANTIZE = 4;
const DEQUANTIZE = 2;

export interface QuantizeAttributes {
  /** The type that `output_dtype` names (opset 21; 23 for DequantizeLinear); null: it follows from the inputs. */
  readonly outputType: DataType | null;
}

function parseOutputType(node: OnnxNode): QuantizeAttributes {
  return { outputType: typeAttr(node, "output_dtype") };
}

const SINCE = [10, 13, 19, 21, 23, 24, 25, 28];

const quantizeLinear = defineOperator<QuantizeAttributes>({
  domain: "",
  type: "QuantizeLinear",
  since: SINCE,
  kind: "quantize",
  parseAttributes: parseOutputType,
  inferShapes(context) {
    const x = requiredInput(context, 0, "x");
    requiredInput(context, 1, "y_scale");
    const zeroPoint = optionalInput(context, 2);
    const inferred = zeroPoint === null ? "uint8" : zeroPoint.dtype;
    return [fact(context.attributes.outputType ?? inferred, x.shape)];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, QUANTIZE) }),
});

const dequantizeLinear = defineOperator<QuantizeAttributes>({
  domain: "",
  type: "DequantizeLinear",
  since: SINCE,
  kind: "quantize",
  parseAttributes: parseOutputType,
  inferShapes(context) {
    const x = requiredInput(context, 0, "x");
    const scale = requiredInput(context, 1, "x_scale");
    return [fact(context.attributes.outputType ?? scale.dtype, x.shape)];
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, DEQUANTIZE) }),
});

/** The scale and zero point are found first: two comparisons for each element. */
const dynamicQuantizeLinear = defineOperator<null>({
  domain: "",
  type: "DynamicQuantizeLinear",
  since: [11],
  kind: "quantize",
  parseAttributes: () => null,
  inferShapes(context) {
    const x = requiredInput(context, 0, "x");
    const facts = [fact("uint8", x.shape), fact("float32", []), fact("uint8", [])];
    return facts.slice(0, context.node.outputs.length);
  },
  cost: (context) => computeCost(context, { otherFlops: perElement(context.inputs[0]?.shape, 2 + QUANTIZE) }),
});

/** Inputs: x, its scale and zero point, w, its scale and zero point, y's scale and zero point, and an optional bias. */
const qLinearConv = defineOperator<ConvAttributes>({
  domain: "",
  type: "QLinearConv",
  since: [10],
  kind: "conv",
  parseAttributes: parseConvAttributes,
  inferShapes(context) {
    const x = requiredInput(context, 0, "x");
    const weights = requiredInput(context, 3, "w");
    const shape = convShape(context.node, context.attributes, x.shape, weights.shape);
    assertVector(context.node, "B", optionalInput(context, 8)?.shape ?? null, shape?.[1] ?? null);
    return [fact(requiredInput(context, 7, "y_zero_point").dtype, shape)];
  },
  cost(context) {
    const output = context.outputs[0]?.shape;
    const biasAdds = optionalInput(context, 8) === null ? 0 : knownElements(output);
    return computeCost(context, {
      macs: convMacs(output, context.inputs[3]?.shape),
      otherFlops: checkedAdd(perElement(output, QUANTIZE), biasAdds),
    });
  },
});

/** 8-bit integers in, 32-bit sums out. */
const convInteger = defineOperator<ConvAttributes>({
  domain: "",
  type: "ConvInteger",
  since: [10],
  kind: "conv",
  parseAttributes: parseConvAttributes,
  inferShapes(context) {
    const x = requiredInput(context, 0, "x");
    const weights = requiredInput(context, 1, "w");
    return [fact("int32", convShape(context.node, context.attributes, x.shape, weights.shape))];
  },
  cost: (context) => computeCost(context, { macs: convMacs(context.outputs[0]?.shape, context.inputs[1]?.shape) }),
});

/** Inputs: a, its scale and zero point, b, its scale and zero point, y's scale and zero point. */
const qLinearMatMul = defineOperator<null>({
  domain: "",
  type: "QLinearMatMul",
  since: [10, 21],
  kind: "matmul",
  parseAttributes: () => null,
  inferShapes(context) {
    const a = requiredInput(context, 0, "a");
    const b = requiredInput(context, 3, "b");
    const shape: Shape = matMulShape(context.node, a.shape, b.shape);
    return [fact(requiredInput(context, 7, "y_zero_point").dtype, shape)];
  },
  cost(context) {
    const output = context.outputs[0]?.shape;
    return computeCost(context, {
      macs: matMulMacs(output, context.inputs[0]?.shape),
      otherFlops: perElement(output, QUANTIZE),
    });
  },
});

export const operators: readonly Operator[] = [
  quantizeLinear,
  dequantizeLinear,
  dynamicQuantizeLinear,
  qLinearConv,
  convInteger,
  qLinearMatMul,
];
