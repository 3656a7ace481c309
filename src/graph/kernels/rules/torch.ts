import { hardSwish } from "./composites.js";
import { activations, clips, foldedBatchNorm, RELU6, vanish } from "./pairs.js";
import type { EngineFusion } from "./rule.js";

/**
 * PyTorch Mobile after `optimize_for_mobile`: batch norms folded, clamps taken in by convolutions and linear layers, Add
 * joined with Relu. From its documentation alone; no converted file was compared, so it is not among the engines whose
 * fusions are shown, and serves published latencies only.
 */
export const TORCH: EngineFusion = {
  engine: "torch",
  source: "the documentation of torch.utils.mobile_optimizer, PyTorch 2.0",
  passes: [
    {
      name: "optimize_for_mobile",
      rules: [
        vanish("no-op", ["Identity", "Dropout"]),
        foldedBatchNorm("conv-batch-norm", "Conv"),
        ...activations({ producers: ["Conv"], activations: ["Relu"] }),
        ...clips("conv-clip", ["Conv"], [RELU6]),
        ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
        ...activations({ producers: ["Add"], activations: ["Relu"], pattern: "add-relu" }),
        ...hardSwish("HardSwish", ["Div last", "ramp / 6"]),
      ],
    },
  ],
  parts: [],
};
