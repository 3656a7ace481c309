import { checkedAdd } from "../../shapes/dims.js";
import * as activations from "../activations.js";
import * as concat from "../concat.js";
import * as elementwise from "../elementwise.js";
import { requiredInput } from "../facts.js";
import * as globalPool from "../global-pool.js";
import type { CostContext, Operator } from "../operator.js";
import * as pool from "../pool.js";
import * as quantize from "../quantize.js";
import * as reduce from "../reduce.js";
import * as softmax from "../softmax.js";
import * as where from "../where.js";
import { derived, elementFlops, pick, type Derivation } from "./derived.js";
import { MICROSOFT } from "./domains.js";
import { DEQUANTIZE, QUANTIZE } from "./quantization.js";
import { standard, type Tensors } from "./standard.js";

/**
 * Operators on 8-bit integers, each operand followed by its scale and zero point: dequantize the operands (2 FLOPs an
 * element), do what the float operator does, quantize the result (4 an element).
 */
function qLinear(type: string, options: QLinearOptions, operands: Operands): Operator {
  return derived({
    domain: MICROSOFT,
    type,
    ...options,
    operands: operands.all,
    extraFlops: (context) => requantizing(context, (operands.quantized ?? operands.all)(context.inputs)),
  });
}

type QLinearOptions = Pick<Derivation, "base" | "channelsLast" | "resultType">;

interface Operands {
  /** What the float operator reads. */
  readonly all: (inputs: Tensors) => Tensors;
  /** Those among them that are quantized, if not all are. */
  readonly quantized?: (inputs: Tensors) => Tensors;
}

function requantizing({ outputs }: CostContext<unknown>, operands: Tensors): number {
  let flops = elementFlops(outputs[0], QUANTIZE);
  for (const operand of operands) flops = checkedAdd(flops, elementFlops(operand, DEQUANTIZE));
  return flops;
}

/** Y's scale and zero point, then a tensor, its scale and its zero point for each input. */
function concatenated(inputs: Tensors): Tensors {
  return inputs.filter((_, place) => place >= 2 && (place - 2) % 3 === 0);
}

const UNARY: Operands = { all: pick(0) };
const BINARY: Operands = { all: pick(0, 3) };

export const operators: readonly Operator[] = [
  qLinear("QLinearAdd", { base: standard(elementwise.operators, "Add", 14) }, BINARY),
  qLinear("QLinearMul", { base: standard(elementwise.operators, "Mul", 14) }, BINARY),
  qLinear(
    "QLinearWhere",
    { base: standard(where.operators, "Where", 16) },
    { all: pick(0, 1, 4), quantized: pick(1, 4) },
  ),
  qLinear("QLinearSigmoid", { base: standard(activations.operators, "Sigmoid", 13) }, UNARY),
  qLinear("QLinearLeakyRelu", { base: standard(activations.operators, "LeakyRelu", 16) }, UNARY),
  qLinear("QLinearSoftmax", { base: standard(softmax.operators, "Softmax", 13) }, UNARY),
  qLinear("QLinearReduceMean", { base: standard(reduce.operators, "ReduceMean", 13) }, UNARY),
  qLinear(
    "QLinearAveragePool",
    { base: standard(pool.operators, "AveragePool", 11), channelsLast: "attribute" },
    UNARY,
  ),
  qLinear(
    "QLinearGlobalAveragePool",
    { base: standard(globalPool.operators, "GlobalAveragePool", 1), channelsLast: "attribute" },
    UNARY,
  ),
  qLinear(
    "QLinearConcat",
    {
      base: standard(concat.operators, "Concat", 13),
      resultType: (context) => requiredInput(context, 1, "Y_zero_point").dtype,
    },
    { all: concatenated },
  ),
  // Older names of what ai.onnx has since, with more types.
  derived({ domain: MICROSOFT, type: "QuantizeLinear", base: standard(quantize.operators, "QuantizeLinear", 13) }),
  derived({ domain: MICROSOFT, type: "DequantizeLinear", base: standard(quantize.operators, "DequantizeLinear", 13) }),
];
