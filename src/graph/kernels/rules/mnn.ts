import {
  activations,
  biasedProduct,
  CONSTANT_BIAS,
  foldedBatchNorm,
  gate,
  geluByErf,
  hardSwish,
  layerNorm,
  PADDED_CONVOLUTION,
  relu6,
  rmsNorm,
  vanish,
} from "./composites.js";
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
        ...relu6("conv-clip", ["Conv"]),
        gate("silu", "Sigmoid", "Silu"),
        ...hardSwish("HardSwish", ["Div last", "ramp / 6"]),
        ...geluByErf("Gelu", { scaledBy: ["Div", "Mul"], half: ["last"] }),
        layerNorm("LayerNormalization"),
        ...rmsNorm("RMSNormalization", ["Div", "1 / root", "Reciprocal"]),
        biasedProduct("Gemm"),
        ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
      ],
    },
  ],
  parts: [],
};
