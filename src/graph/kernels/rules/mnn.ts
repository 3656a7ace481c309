import { mnnAlgorithm } from "../algorithms/mnn.js";
import { gate, geluByErf, hardSwish, layerNorm, rmsNorm } from "./composites.js";
import {
  activations,
  biasedProduct,
  clips,
  CONSTANT_BIAS,
  foldedBatchNorm,
  PADDED_CONVOLUTION,
  RELU6,
  vanish,
} from "./pairs.js";
import type { EngineFusion } from "./rule.js";

/**
 * MNN. Every rule, and the absence of every other, read off what its converter makes of the models that
 * `python/fusion_cases.py` writes. What the runtime does when it prepares a session was not seen.
 */
export const MNN: EngineFusion = {
  engine: "mnn",
  source: "the files that the converter of MNN 3.6.1 writes",
  passes: [
    {
      name: "converter",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        vanish("no-op-concat", "Concat", [{ readsOneTensor: "node" }]),
        PADDED_CONVOLUTION,
        foldedBatchNorm("conv-batch-norm", "Conv"),
        CONSTANT_BIAS,
        ...activations({ producers: ["Conv"], activations: ["Relu"] }),
        ...clips("conv-clip", ["Conv"], [RELU6]),
        gate("silu", "Sigmoid", "Silu"),
        ...hardSwish("HardSwish", ["Div last", "ramp / 6"]),
        ...geluByErf("Gelu", { scaledBy: ["Div", "Mul"], half: ["last"] }),
        layerNorm("LayerNormalization"),
        biasedProduct("Gemm"),
        ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
        ...activations({ producers: ["Add"], activations: ["Relu"], pattern: "add-relu" }),
      ],
    },
    // After the norms that subtract a mean, of which it would find the latter half.
    { name: "norms without a mean", rules: rmsNorm("RMSNormalization", ["Div", "1 / root", "Reciprocal"]) },
  ],
  parts: [],
  algorithm: mnnAlgorithm,
};
