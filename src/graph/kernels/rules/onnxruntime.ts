import { gate, geluByErf, geluByTanh, layerNorm, rmsNorm } from "./composites.js";
import { INTEGER_PRODUCTS } from "./integer-products.js";
import { ONNX_RUNTIME_QUANTIZED } from "./quantized.js";
import {
  activations,
  biasedProduct,
  CONSTANT_BIAS,
  foldedBatchNorm,
  PADDED_CONVOLUTION,
  RESHAPE_RESHAPE,
  TRANSPOSED_PRODUCT,
  vanish,
} from "./pairs.js";
import type { EngineFusion, FusionRule } from "./rule.js";

/**
 * ONNX Runtime's CPU provider at optimisation level "all". Read off the optimised graphs that ONNX Runtime 1.32 writes:
 * see docs/fusion.md, and docs/decisions for what was a surprise.
 */

const CONV_ACTIVATIONS = ["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Clip", "HardSigmoid"];
const GEMM_ACTIVATIONS = ["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Softplus", "ThresholdedRelu"];
/** Activations that a blocked convolution still takes in after a residual addition or a batch norm. */
const LATE_ACTIVATIONS = ["Relu", "Sigmoid", "Tanh", "HardSigmoid"];

const PER_CHANNEL: readonly FusionRule[] = [
  foldedBatchNorm("conv-batch-norm", "Conv"),
  {
    pattern: "conv-mul",
    match: { op: "Mul", anyOrder: true, inputs: [{ op: "Conv", as: "conv" }, { constant: "factor" }] },
    when: [{ noActivation: "conv" }, { perChannel: "factor", of: "conv", scalars: true }],
    becomes: { main: "conv" },
  },
  CONSTANT_BIAS,
];

const FLATTENED_CALLS = ["Reshape", "Gemm", "Reshape"];

const MATRICES: readonly FusionRule[] = [
  ...TRANSPOSED_PRODUCT,
  biasedProduct("Gemm", [{ rank: "product", is: 2 }]),
  // More axes are flattened for the product and restored after it, without a copy.
  biasedProduct("Gemm", [], FLATTENED_CALLS),
  ...activations({
    producers: ["Gemm"],
    activations: GEMM_ACTIVATIONS,
    when: [{ rank: "kernel", is: 2 }],
    pattern: "gemm-activation",
  }),
];

/** Scalars that multiply or divide an operand or the result of a product become its factor (FusedMatMul's alpha). */
const SCALES: readonly FusionRule[] = [
  ...[{ op: "Mul", anyOrder: true } as const, { op: "Div" } as const].flatMap((scale): readonly FusionRule[] => {
    const scaled = { ...scale, inputs: [{ value: "x" }, { constant: "factor", scalar: true }] } as const;
    const becomes = { main: "product", weights: ["product"] } as const;
    return [
      { pattern: "matmul-scale", match: { op: "MatMul", as: "product", inputs: [scaled] }, becomes },
      { pattern: "matmul-scale", match: { op: "MatMul", as: "product", inputs: [{ value: "left" }, scaled] }, becomes },
      {
        pattern: "matmul-scale",
        match: { ...scale, inputs: [{ op: "MatMul", as: "product" }, { constant: "factor", scalar: true }] },
        becomes,
      },
    ];
  }),
];

/** Reshapes that take a zero at its word (allowzero) are left alone. */
const VIEW = { op: ["Reshape", "Squeeze", "Unsqueeze"], attributes: { allowzero: { is: 0, default: 0 } } } as const;

/** The reshapes around a flattened product become one with views beside them. */
const FLATTENED: readonly FusionRule[] = [
  {
    pattern: "reshape-reshape",
    match: { ...VIEW, inputs: [{ op: "Gemm", as: "product" }] },
    when: [{ flattens: "product" }, { inAttention: "product", not: true }],
    becomes: { main: "product", calls: FLATTENED_CALLS },
  },
  {
    pattern: "reshape-reshape",
    match: { op: "Gemm", as: "product", inputs: [VIEW] },
    when: [{ flattens: "product" }, { inAttention: "product", not: true }],
    becomes: { main: "product", weights: ["product"], calls: FLATTENED_CALLS },
  },
];

export const ONNX_RUNTIME: EngineFusion = {
  engine: "onnxruntime",
  source: "the graphs that ONNX Runtime 1.32 writes after optimising, CPU provider, all optimisations",
  passes: [
    {
      name: "levels 1 and 2",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        PADDED_CONVOLUTION,
        vanish("no-op-view", "Expand", [{ keepsShape: "node" }]),
        vanish("no-op-view", "Cast", [{ keepsType: "node" }]),
        ...geluByErf("Gelu", { half: ["last", "with x"] }),
        ...geluByTanh("FastGelu", { half: ["with x"] }),
        layerNorm("LayerNormalization"),
        gate("silu", "Sigmoid", "QuickGelu"),
        // There is no kernel for it: it runs as its two functions.
        gate("hard-swish", "HardSigmoid", "HardSwish", ["HardSigmoid", "Mul"]),
        ...PER_CHANNEL,
        ...MATRICES,
        ...activations({ producers: ["Conv"], activations: CONV_ACTIVATIONS }),
        {
          pattern: "relu-clip",
          match: { op: "Clip", inputs: [{ op: "Relu", as: "relu" }] },
          becomes: { main: "relu", op: "Clip" },
        },
        RESHAPE_RESHAPE,
      ],
    },
    ...INTEGER_PRODUCTS,
    // After the norms that subtract a mean, of which it would find the latter half.
    { name: "norms without a mean", rules: rmsNorm("SimplifiedLayerNormalization", ["Div", "1 / root"]) },
    { name: "factors of products", repeated: true, rules: [...SCALES, ...TRANSPOSED_PRODUCT] },
    { name: "views around flattened products", rules: FLATTENED },
    {
      name: "sums before norms and activations",
      rules: [
        {
          pattern: "gelu-bias",
          match: { op: "Gelu", as: "gelu", inputs: [{ op: "Add", anyOrder: true, inputs: [{ value: "x" }, { constant: "bias" }] }] },
          when: [{ rank: "bias", is: 1 }],
          becomes: { main: "gelu", op: "BiasGelu" },
        },
        {
          pattern: "skip-layer-norm",
          match: { op: "LayerNormalization", as: "norm", inputs: [{ op: "Add", as: "sum", inputs: [{ value: "a" }, { value: "b" }] }] },
          when: [{ sameShape: ["a", "b"] }, { rank: "sum", is: 3 }],
          becomes: { main: "norm", op: "SkipLayerNormalization" },
        },
      ],
    },
  ],
  // So that it can become part of an operator on integers.
  runsOnConstants: ["DequantizeLinear"],
  quantized: ONNX_RUNTIME_QUANTIZED,
  parts: [
    { op: "Gather", atLeast: 2, becomes: "Split", each: "Squeeze", passesTransposes: true },
    { op: "Slice", atLeast: 2, becomes: "Split", passesTransposes: true },
  ],
};

/** What blocked kernels take in while the layouts are decided. */
export const BLOCKED_RULES: readonly FusionRule[] = [
  ...activations({
    producers: ["Conv", "BlockedBatchNormalization"],
    activations: LATE_ACTIVATIONS,
    when: [{ layout: "kernel", is: "blocked" }],
  }),
  // Unless the model ends with it.
  ...activations({
    producers: ["Conv"],
    activations: ["HardSwish"],
    when: [
      { layout: "kernel", is: "blocked" },
      { addsResidual: "kernel", is: false },
      { isModelOutput: "activation", not: true },
    ],
  }),
];

/** A convolution takes in the addition of an equal shape, the first of two where both operands are convolutions. */
export const residualRules = (layout: "plain" | "blocked"): readonly FusionRule[] =>
  [
    { inputs: [{ op: "Conv", as: "conv" }, { value: "other" }] } as const,
    { inputs: [{ value: "other" }, { op: "Conv", as: "conv" }] } as const,
  ].map(({ inputs }): FusionRule => ({
    pattern: "conv-add",
    match: { op: ["Add", "Sum"], as: "sum", inputs },
    when: [
      { runtimeInputs: "sum", count: 2 },
      { sameShape: ["conv", "other"] },
      { noActivation: "conv" },
      { addsResidual: "conv", is: false },
      { layout: "conv", is: layout },
    ],
    becomes: { main: "conv", addsResidual: true },
  }));

/** What plain convolutions take in once the layouts are decided. */
export const PLAIN_RULES: readonly FusionRule[] = [
  ...residualRules("plain").map((rule): FusionRule => ({ ...rule, match: { ...rule.match, op: "Add" } })),
  ...activations({
    producers: ["Conv"],
    activations: CONV_ACTIVATIONS,
    when: [
      { addsResidual: "kernel", is: true },
      { layout: "kernel", is: "plain" },
    ],
    pattern: "conv-add-activation",
  }),
];
