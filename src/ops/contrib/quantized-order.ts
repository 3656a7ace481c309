import type { Dim, OnnxNode, Shape } from "../../onnx/types.js";
import { checkedAdd, checkedMul, formatShape } from "../../shapes/dims.js";
import { assertVector, contradiction, typeAttr } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import { defineOperator, type InferenceContext, type Operator, type OperatorKind } from "../operator.js";
import { computeCost, knownElements, perElement } from "../work.js";
import { elementFlops } from "./derived.js";
import { knownDims } from "./dimensions.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE, QUANTIZE } from "./quantization.js";

/** As ai.onnx counts Gelu, and LayerNormalization without and with a bias. */
const GELU = 5;
const LAYER_NORMALIZATION = 6;

interface ElementwiseOptions {
  readonly type: string;
  readonly kind: OperatorKind;
  readonly flopsPerElement: (context: InferenceContext<unknown>) => number;
  /** Type of the result; the operand's where left out. */
  readonly resultType?: (node: OnnxNode) => ReturnType<typeof typeAttr>;
}

/** An operator on int8 tensors that lie as the GPU's matrix product wants them; their shapes say nothing of it. */
function elementwise({ type, kind, flopsPerElement, resultType }: ElementwiseOptions): Operator {
  return defineOperator<{ readonly to: ReturnType<typeof typeAttr> }>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind,
    parseAttributes: (node) => ({ to: resultType?.(node) ?? null }),
    inferShapes(context) {
      const { dtype, shape } = requiredInput(context, 0, "input");
      requiredInput(context, 1, "scale");
      return [fact(resultType === undefined ? dtype : context.attributes.to, shape)];
    },
    cost: (context) => computeCost(context, { otherFlops: perElement(context.outputs[0]?.shape, flopsPerElement(context)) }),
  });
}

/** Where the inputs stand: A, scale_A, B, scale_B, scale_Y, bias, C, scale_C. */
const B = 2;
const BIAS = 5;
const C = 6;

/**
 * int8 `A [.., M, K]` times `B`, `[K, N]` whichever way it lies, requantized: MACs as MatMul; FLOPs: requantizing 4 an
 * element, bias 1, C 3 (it is dequantized).
 */
const matMul = defineOperator<null>({
  domain: MICROSOFT,
  type: "QOrderedMatMul",
  since: [1],
  kind: "matmul",
  parseAttributes: () => null,
  inferShapes(context) {
    const { node } = context;
    const a = requiredInput(context, 0, "A");
    const b = requiredInput(context, B, "B").shape;
    if (a.shape !== null && a.shape.length < 2) throw contradiction(node, "A", `A ${formatShape(a.shape)} is no matrix`);
    const columns = otherDim(node, "B", b, a.shape?.at(-1) ?? null);
    assertVector(node, "bias", optionalInput(context, BIAS)?.shape ?? null, columns);
    return [fact(a.dtype, a.shape === null ? null : a.shape.with(-1, columns))];
  },
  cost(context) {
    const { inputs, outputs } = context;
    const inner = knownDims(inputs[0]?.shape).at(-1) ?? 0;
    const result = outputs[0];
    const bias = inputs[BIAS] ? elementFlops(result, 1) : 0;
    const residual = inputs[C] ? elementFlops(result, 1 + DEQUANTIZE) : 0;
    return computeCost(context, {
      macs: checkedMul(knownElements(result?.shape), inner),
      otherFlops: checkedAdd(elementFlops(result, QUANTIZE), checkedAdd(bias, residual)),
    });
  },
});

/**
 * Of weights `[K, N]`, or `[N, K]` where a file states them as they lie, the columns that K does not stand for.
 * @throws ModelError("invalid-graph") for another rank, and where neither is K.
 */
export function otherDim(node: OnnxNode, field: string, weights: Shape, inner: Dim): Dim {
  if (weights === null) return null;
  const [rows = null, columns = null] = weights;
  if (weights.length !== 2) throw contradiction(node, field, `${field} ${formatShape(weights)} should have 2 axes`);
  if (inner !== null && inner === rows) return columns;
  if (inner !== null && inner === columns) return rows;
  if ([inner, rows, columns].some((dim) => typeof dim !== "number")) return null;
  throw contradiction(node, field, `${field} ${formatShape(weights)} does not fit ${inner} columns`);
}

/** Dequantized, computed, quantized again. */
const REQUANTIZED = DEQUANTIZE + QUANTIZE;

export const operators: readonly Operator[] = [
  elementwise({ type: "QuantizeWithOrder", kind: "quantize", flopsPerElement: () => QUANTIZE, resultType: () => "int8" }),
  elementwise({
    type: "DequantizeWithOrder",
    kind: "quantize",
    flopsPerElement: () => DEQUANTIZE,
    resultType: (node) => typeAttr(node, "to"),
  }),
  elementwise({ type: "QOrderedGelu", kind: "activation", flopsPerElement: () => GELU + REQUANTIZED }),
  elementwise({
    type: "QOrderedLayerNormalization",
    kind: "normalization",
    // X, scale_X, scale, B, scale_Y
    flopsPerElement: (context) => LAYER_NORMALIZATION + (optionalInput(context, 3) === null ? 0 : 1) + REQUANTIZED,
  }),
  matMul,
];
