import { ncnnAlgorithm, ncnnPooling } from "../algorithms/ncnn.js";
import { channelShuffle, gate, geluByErf, geluByTanh, hardSwish, layerNorm } from "./composites.js";
import { activations, biasedProduct, foldedBatchNorm, RESHAPE_RESHAPE, TRANSPOSED_PRODUCT, vanish } from "./pairs.js";
import type { EngineFusion, OwnLayout } from "./rule.js";

/**
 * It holds 16, 8 or 4 channels side by side where these divide them, in front of every layer that says it supports packing, which
 * layers of the package tell. Other layers, and whoever takes an output, get one channel after the other.
 */
const PACKS_OF_CHANNELS: OwnLayout = {
  needed: [
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization", "Resize", "Upsample",
    "Relu", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Elu", "Selu", "HardSigmoid", "HardSwish", "Swish", "Mish", "Gelu", "Erf", "Exp", "Log",
    "Sqrt", "Pow", "Abs", "Neg", "Add", "Sub", "Mul", "Div", "Sum", "Concat", "Split", "Slice", "Pad", "Softmax", "ShuffleChannel", "Reshape",
  ],
  understood: ["Clip", "Transpose"],
  channelsBy: 4,
};

/** ncnn. Every rule, and the absence of every other, read off what pnnx makes of the models that `python/fusion_cases.py` writes. */
export const NCNN: EngineFusion = {
  engine: "ncnn",
  source: "the files that pnnx 20261020 writes for ncnn",
  passes: [
    {
      name: "pnnx",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        vanish("no-op-view", "Reshape", [{ keepsShape: "node" }]),
        vanish("no-op-view", "Cast", [{ keepsType: "node" }]),
        vanish("no-op-transpose", "Transpose", [{ keepsOrder: "node" }]),
        vanish("no-op-concat", "Concat", [{ readsOneTensor: "node" }]),
        foldedBatchNorm("conv-batch-norm", "Conv"),
        foldedBatchNorm("gemm-batch-norm", "Gemm"),
        {
          pattern: "conv-mish",
          match: {
            op: "Mul",
            anyOrder: true,
            inputs: [
              { op: "Tanh", inputs: [{ op: "Softplus", inputs: [{ value: "conv" }] }] },
              { op: "Conv", as: "conv", readers: 2 },
            ],
          },
          when: [{ noActivation: "conv" }],
          becomes: { main: "conv", activation: { named: "Mish" } },
        },
        ...activations({ producers: ["Conv"], activations: ["Relu", "Clip", "LeakyRelu", "Sigmoid"] }),
        gate("silu", "Sigmoid", "Swish"),
        gate("hard-swish", "HardSigmoid", "HardSwish"),
        ...hardSwish("HardSwish", ["Div last", "ramp / 6"]),
        ...geluByErf("Gelu", { half: ["last", "with x"] }),
        ...geluByTanh("Gelu", { half: ["with x"] }),
        layerNorm("LayerNormalization"),
        ...TRANSPOSED_PRODUCT,
        biasedProduct("Gemm", [{ rank: "product", is: 2 }]),
        biasedProduct("Gemm", [], ["Reshape", "Gemm", "Reshape"]),
        channelShuffle("ShuffleChannel"),
        RESHAPE_RESHAPE,
      ],
    },
  ],
  parts: [
    { op: "Slice", atLeast: 2, becomes: "Slice" },
    { op: "Gather", atLeast: 2, becomes: "Slice", each: "Reshape" },
  ],
  algorithm: ncnnAlgorithm,
  pooling: ncnnPooling,
  padsByCopy: true,
  ownLayout: PACKS_OF_CHANNELS,
};
