import { MOST_DEPTHWISE_TAPS, XNNPACK_OUTPUTS, xnnpackAlgorithm } from "../algorithms/xnnpack.js";
import { channelShuffle, geluByErf, hardSwish } from "./composites.js";
import { activations, clips, foldedBatchNorm, PADDED_CONVOLUTION, RELU6, RESHAPE_RESHAPE, vanish } from "./pairs.js";
import type { EngineFusion } from "./rule.js";

/** Kernels of XNNPACK that end with a clamp. */
const CLAMPED_POOLS = ["AveragePool", "MaxPool"];
const CLAMPED_SUMS = ["Add", "Div", "Mul", "Sub"];
/** Clips that TensorFlow Lite has operators for; any other is a minimum and a maximum. */
const CLAMPS: readonly (readonly [number, number])[] = [RELU6, [-1, 1], [0, 1]];

/**
 * TensorFlow Lite on any processor. The converter's rules, and the absence of every other, read off what onnx2tf makes of the models that
 * `python/fusion_cases.py` writes. XNNPACK, which runs them by default, takes clamps and zero pads in when it prepares:
 * `xnn_subgraph_fusion` in its sources.
 */
const ANYWHERE: EngineFusion = {
  engine: "tflite",
  source: "the files that onnx2tf 2.6.9 writes, and XNNPACK's sources for what it fuses when it prepares",
  passes: [
    {
      name: "converter",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        vanish("no-op-view", "Reshape", [{ keepsShape: "node" }]),
        vanish("no-op-view", "Cast", [{ keepsType: "node" }]),
        vanish("no-op-transpose", "Transpose", [{ keepsOrder: "node" }]),
        vanish("no-op-concat", "Concat", [{ readsOneTensor: "node" }]),
        foldedBatchNorm("conv-batch-norm", "Conv"),
        {
          pattern: "batch-norm-scale",
          match: { op: "Mul", anyOrder: true, inputs: [{ op: "BatchNormalization", as: "norm" }, { constant: "factor" }] },
          when: [{ perChannel: "factor", of: "norm", scalars: false }],
          becomes: { main: "norm" },
        },
        ...geluByErf("Gelu", { half: ["last"] }),
        channelShuffle("ChannelShuffle"),
        {
          pattern: "relu-clip",
          match: { op: "Clip", inputs: [{ op: "Relu", as: "relu" }, { constant: "low", equals: 0 }, { constant: "high", equals: 6 }] },
          becomes: { main: "relu", op: "Clip" },
        },
        RESHAPE_RESHAPE,
      ],
    },
    {
      name: "XNNPACK",
      rules: [
        PADDED_CONVOLUTION,
        ...activations({ producers: ["Conv"], activations: ["Relu"] }),
        ...clips("conv-clip", ["Conv"], CLAMPS),
        ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
        ...clips("gemm-activation", ["Gemm"], CLAMPS),
        ...activations({ producers: CLAMPED_POOLS, activations: ["Relu"], pattern: "pool-relu" }),
        ...clips("pool-relu", CLAMPED_POOLS, CLAMPS),
        ...activations({ producers: CLAMPED_SUMS, activations: ["Relu"], pattern: "add-relu" }),
        ...clips("add-relu", CLAMPED_SUMS, CLAMPS),
        // Batch norms are a product and a sum.
        ...activations({ producers: ["BatchNormalization"], activations: ["Relu"], pattern: "batch-norm-activation" }),
      ],
    },
  ],
  parts: [{ op: "Slice", atLeast: 2, becomes: "Split", equal: true }],
};

/** On a server: XNNPACK with AVX-512, whose kernels are known. */
export const TFLITE: EngineFusion = {
  ...ANYWHERE,
  algorithm: xnnpackAlgorithm,
  indirect: { depthwiseTaps: Array.from({ length: MOST_DEPTHWISE_TAPS }, (_, i) => i + 1), outputTile: XNNPACK_OUTPUTS },
};

/**
 * TensorFlow Lite where TensorFlow's own converter wrote the file: it has an operator for HardSwish, too. From its sources
 * (`MatchHardSwishPattern` in its optimize patterns); not compared with files, as TORCH is not.
 */
export const TFLITE_BY_TENSORFLOW: EngineFusion = {
  ...ANYWHERE,
  source: "as tflite, and the sources of TensorFlow 2.10's converter",
  passes: [{ name: "hard swish", rules: hardSwish("HardSwish", ["Div last", "ramp / 6"]) }, ...ANYWHERE.passes],
};
