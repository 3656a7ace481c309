import { intAttr } from "../../onnx/attributes.js";
import type { OnnxNode } from "../../onnx/types.js";
import { checkedAdd, checkedMul } from "../../shapes/dims.js";
import { assertSameDim, assertVector, contradiction, flag, malformed, positiveInt } from "../checks.js";
import { fact, optionalInput, requiredInput } from "../facts.js";
import * as gemm from "../gemm.js";
import { defineOperator, type Operator } from "../operator.js";
import { computeCost, knownElements } from "../work.js";
import { derived, elementFlops, pick } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { biasFlops } from "./matmul.js";
import { DEQUANTIZE, DYNAMIC_QUANTIZE, QUANTIZE } from "./quantization.js";
import { standard } from "./standard.js";

/**
 * Products of which a side or both are integers. MACs are those of the plain product; the sums' way back to floats
 * costs one multiplication by the scales for each output, requantizing 4.
 */

const MATMUL = standard(gemm.operators, "MatMul", 13);
const GEMM = standard(gemm.operators, "Gemm", 13);
const RESCALE = 1;

/** Inputs A (float), B, b_scale, b_zero_point, bias: A is quantized on the way, with a range found in it. */
const dynamicQuantizeMatMul = derived({
  domain: MICROSOFT,
  type: "DynamicQuantizeMatMul",
  base: MATMUL,
  operands: pick(0, 1),
  resultType: (context) => requiredInput(context, 0, "A").dtype,
  extraFlops(context) {
    const result = checkedAdd(elementFlops(context.outputs[0], RESCALE), biasFlops(context, 4));
    return checkedAdd(elementFlops(context.inputs[0], DYNAMIC_QUANTIZE), result);
  },
});

/** Inputs A, B (integers), a_scale, b_scale, a_zero_point, b_zero_point, bias. */
const matMulIntegerToFloat = derived({
  domain: MICROSOFT,
  type: "MatMulIntegerToFloat",
  base: MATMUL,
  operands: pick(0, 1),
  resultType: (context) => requiredInput(context, 2, "a_scale").dtype,
  extraFlops: (context) => checkedAdd(elementFlops(context.outputs[0], RESCALE), biasFlops(context, 6)),
});

const matMulInteger16 = derived({
  domain: MICROSOFT,
  type: "MatMulInteger16",
  base: MATMUL,
  resultType: () => "int32",
});

/** Inputs A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point; without the last, floats. */
const qGemm = derived({
  domain: MICROSOFT,
  type: "QGemm",
  base: GEMM,
  operands: pick(0, 3, 6),
  resultType: (context) => (context.inputs[8] ? context.inputs[8].dtype : requiredInput(context, 1, "a_scale").dtype),
  extraFlops: ({ inputs, outputs }) => elementFlops(outputs[0], inputs[8] ? QUANTIZE : RESCALE),
});

interface PackedProduct {
  /** Columns of A. */
  readonly k: number;
  readonly n: number;
}

/** A `[..., k]` times weights of less than a byte, packed, which are dequantized in every run: 2 FLOPs for each of k · n. */
function packedProduct(type: string, parseAttributes: (node: OnnxNode) => PackedProduct, biasAt: number): Operator {
  return defineOperator<PackedProduct>({
    domain: MICROSOFT,
    type,
    since: [1],
    kind: "matmul",
    parseAttributes,
    inferShapes(context) {
      const { node, attributes } = context;
      const { dtype, shape } = requiredInput(context, 0, "A");
      requiredInput(context, 1, "B");
      assertVector(node, "bias", optionalInput(context, biasAt)?.shape ?? null, attributes.n);
      if (shape === null) return [fact(dtype, null)];
      if (shape.length === 0) throw contradiction(node, "A", "A is a scalar");
      assertSameDim(node, "A", shape.at(-1) ?? null, attributes.k, "last dimension of A and of the weights");
      return [fact(dtype, shape.with(-1, attributes.n))];
    },
    cost(context) {
      const { k, n } = context.attributes;
      return computeCost(context, {
        macs: checkedMul(knownElements(context.outputs[0]?.shape), k),
        otherFlops: checkedAdd(checkedMul(DEQUANTIZE, checkedMul(k, n)), biasFlops(context, biasAt)),
      });
    },
  });
}

/** Weights of 2, 4 or 8 bits, `[N, K]` packed by blocks into bytes; the bias is input 5. */
const matMulNBits = packedProduct(
  "MatMulNBits",
  (node) => {
    const bits = intAttr(node, "bits", 4);
    if (bits < 2 || bits > 8) throw malformed(node, "bits", `bits must be 2 to 8, not ${bits}`);
    return { k: positiveInt(node, "K", 0), n: positiveInt(node, "N", 0) };
  },
  5,
);

/** Weights of 4 bits that index a table of floats (bitsandbytes' FP4, NF4), `[N, K]`; A `[..., N]` where transB is 0. No bias. */
const matMulBnb4 = packedProduct(
  "MatMulBnb4",
  (node) => {
    const [k, n] = [positiveInt(node, "K", 0), positiveInt(node, "N", 0)];
    return flag(node, "transB", true) ? { k, n } : { k: n, n: k };
  },
  3,
);

export const operators: readonly Operator[] = [
  dynamicQuantizeMatMul,
  matMulIntegerToFloat,
  matMulInteger16,
  qGemm,
  matMulNBits,
  matMulBnb4,
];
