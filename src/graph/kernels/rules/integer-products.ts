import type { FusionPass, NodePattern } from "./rule.js";

/** MatMulInteger, cast to float and multiplied with both scales. */
const SCALED: NodePattern = {
  op: "Mul",
  anyOrder: true,
  inputs: [
    { op: "Cast", inputs: [{ op: "MatMulInteger", as: "product" }] },
    { op: "Mul", anyOrder: true, inputs: [{ value: "scale" }, { constant: "weight scale" }] },
  ],
};

/**
 * What ONNX Runtime makes of products that were quantised dynamically: one kernel with the scales and the bias, and one
 * with the quantisation of its operand too where nothing else reads that.
 */
export const INTEGER_PRODUCTS: readonly FusionPass[] = [
  {
    name: "products of integers",
    rules: [{ pattern: "dynamic-quantize-matmul", match: SCALED, becomes: { main: "product", op: "MatMulIntegerToFloat" } }],
  },
  {
    name: "their biases",
    rules: [
      {
        pattern: "dynamic-quantize-matmul",
        match: { op: "Add", anyOrder: true, inputs: [{ op: "MatMulIntegerToFloat", as: "product" }, { constant: "bias" }] },
        when: [{ rank: "bias", is: 1 }],
        becomes: { main: "product" },
      },
    ],
  },
  {
    name: "their operands",
    rules: [
      {
        pattern: "dynamic-quantize-matmul",
        match: {
          op: "MatMulIntegerToFloat",
          as: "product",
          inputs: [{ op: "DynamicQuantizeLinear", severalOutputs: true }],
        },
        becomes: { main: "product", op: "DynamicQuantizeMatMul" },
      },
    ],
  },
];
