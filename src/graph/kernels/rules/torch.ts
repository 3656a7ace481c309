import { hardSwish } from "./composites.js";
import { activations, clips, foldedBatchNorm, RELU6, vanish } from "./pairs.js";
import type { Caching, EngineFusion, FusionRule, IndirectConvolutions } from "./rule.js";

/**
 * PyTorch Mobile, after `optimize_for_mobile`. What it makes of pytorchcv's networks was printed by PyTorch 2.8
 * (python/torch_mobile_calls.py; test/data/torch-mobile-calls.json). No phone's file was compared, so it is not among the engines
 * whose fusions are shown, and serves published latencies only.
 */
const SOURCE = "optimize_for_mobile and FX quantization of PyTorch 2.8; sources of XNNPACK and QNNPACK";

/** HardSwish stays four calls; they are one kernel here, since four are more than what was measured of small networks allows for. */
const COMMON: readonly FusionRule[] = [
  vanish("no-op", ["Identity", "Dropout"]),
  foldedBatchNorm("conv-batch-norm", "Conv"),
  ...activations({ producers: ["Conv"], activations: ["Relu"] }),
  ...activations({ producers: ["Gemm"], activations: ["Relu"], pattern: "gemm-activation" }),
  ...activations({ producers: ["Add"], activations: ["Relu"], pattern: "add-relu" }),
  ...hardSwish("HardSwish", ["Div last", "ramp / 6"]),
];
const CLAMPED: readonly FusionRule[] = [...COMMON, ...clips("conv-clip", ["Conv"], [RELU6])];

/** Both libraries: depthwise kernels of 3 x 3 and 5 x 5, products of eight output channels at a time on 64-bit ARM. */
const INDIRECT: IndirectConvolutions = { depthwiseTaps: [9, 25], outputTile: 8 };

/** Of floats on phones' processors; see docs/decisions/0028-memory-allocated-anew.md. */
const CACHING: Caching = { activationBytes: 2 ** 20, weightBytes: 2 ** 19, pixelTile: 8 };

/** Of convolutions nothing is said. */
export const TORCH: EngineFusion = {
  engine: "torch",
  source: SOURCE,
  passes: [{ name: "optimize_for_mobile", rules: CLAMPED }],
  parts: [],
};

/**
 * In 32-bit floats on a processor: convolutions and linear layers are XNNPACK's, which end with a clamp. Quantised tensors are
 * a quarter of the size: too small for what caches cost to be seen in what was measured.
 */
export const TORCH_XNNPACK: EngineFusion = { ...TORCH, indirect: INDIRECT, caching: CACHING };

/** Quantised, on a processor: QNNPACK's convolutions take in Relu but no other clamp; batch norms that stay take in Relu. */
export const TORCH_QNNPACK: EngineFusion = {
  ...TORCH,
  passes: [
    {
      name: "quantised",
      rules: [...COMMON, ...activations({ producers: ["BatchNormalization"], activations: ["Relu"], pattern: "batch-norm-activation" })],
    },
  ],
  indirect: INDIRECT,
};
