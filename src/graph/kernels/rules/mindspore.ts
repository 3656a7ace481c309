import { mindsporeAlgorithm } from "../algorithms/mindspore.js";
import { gate, geluByErf, hardSwish, layerNorm } from "./composites.js";
import {
  activations,
  biasedProduct,
  clips,
  foldedBatchNorm,
  RELU6,
  RESHAPE_RESHAPE,
  TRANSPOSED_PRODUCT,
  vanish,
} from "./pairs.js";
import type { EngineFusion, OwnLayout } from "./rule.js";

/**
 * It computes images channels last. The files say nothing of copies: the runtime puts them in. Where, latencies of poolings with
 * an operator between, before or after them tell; of operators that are alike some were timed.
 */
const CHANNELS_LAST: OwnLayout = {
  needed: [
    "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LRN", "Resize", "Upsample",
    "InstanceNormalization", "DepthToSpace", "SpaceToDepth",
  ],
  understood: [
    "Relu", "Clip", "LeakyRelu", "PRelu", "Sigmoid", "Tanh", "Elu", "HardSigmoid", "HardSwish", "Silu", "Gelu", "Erf", "Exp", "Sqrt",
    "Pow", "Abs", "Neg", "Add", "Sub", "Mul", "Div", "Sum", "Concat", "Split", "Slice", "Pad", "Softmax", "ReduceMean",
    "BatchNormalization",
  ],
};

/**
 * MindSpore Lite. Every rule, and the absence of every other, read off what its converter makes of the models that
 * `python/fusion_cases.py` writes. Of what the runtime does when it loads a model only the copies between layouts are known.
 */
export const MINDSPORE: EngineFusion = {
  engine: "mindspore",
  source: "the files that the converter of MindSpore Lite 2.0.0 writes",
  passes: [
    {
      name: "converter",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        vanish("no-op-view", "Cast", [{ keepsType: "node" }]),
        vanish("no-op-transpose", "Transpose", [{ keepsOrder: "node" }]),
        vanish("no-op-concat", "Concat", [{ readsOneTensor: "node" }]),
        foldedBatchNorm("conv-batch-norm", "Conv"),
        ...activations({ producers: ["Conv"], activations: ["Relu"] }),
        ...clips("conv-clip", ["Conv"], [RELU6]),
        // After a convolution it was seen to stay two kernels.
        { ...gate("silu", "Sigmoid", "Silu"), when: [{ madeBy: "x", op: "Conv", not: true }] },
        ...hardSwish("HardSwish", ["Div last"]),
        ...geluByErf("Gelu", { half: ["last", "with x"] }),
        layerNorm("LayerNormalization"),
        ...TRANSPOSED_PRODUCT,
        biasedProduct("Gemm"),
        ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
        RESHAPE_RESHAPE,
      ],
    },
    {
      // After the hard swishes, which hold a sum and a clip.
      name: "sums and their activations",
      rules: [
        ...activations({ producers: ["Add"], activations: ["Relu"], pattern: "add-relu" }),
        ...clips("add-relu", ["Add"], [RELU6]),
        ...activations({ producers: ["BatchNormalization"], activations: ["Relu"], pattern: "batch-norm-activation" }),
      ],
    },
  ],
  parts: [],
  algorithm: mindsporeAlgorithm,
  ownLayout: CHANNELS_LAST,
};
