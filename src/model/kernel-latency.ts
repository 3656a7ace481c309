import { rooflineUs, type RooflineModel } from "../conv/roofline.js";
import { KERNEL_FEATURE_NAMES } from "../features/kernel-features.js";
import type { ModelFeatures } from "../features/model-features.js";
import type { Tf } from "./backend.js";
import { createMlp, type Mlp } from "./infer.js";
import type { ParamSet } from "./params.js";
import { type Scaler, standardise } from "./scaler.js";

/**
 * The engine-aware latency c of one kernel on an idle device: a roofline of its class times exp of a small network's
 * correction, averaged over an ensemble. Fitted on a sweep of every operator, so it also covers kernels that no whole
 * model in the training data has.
 */
export interface KernelLatencyModel {
  readonly roofline: RooflineModel;
  readonly scaler: Scaler;
  /** Networks `kernel0`, `kernel1`, ...: [features] -> log(latency / roofline). */
  readonly params: ParamSet;
  readonly members: number;
}

/** |log(latency / roofline)| never leaves this range, however odd the kernel. */
export const MAX_KERNEL_CORRECTION = 2.5;

export const memberPrefix = (member: number): string => `kernel${member}`;

/** Ready to run; dispose() frees the backend's copies of the weights. */
export class KernelLatencyPredictor {
  private readonly networks: readonly Mlp[];

  constructor(
    tf: Tf | null,
    private readonly model: KernelLatencyModel,
  ) {
    this.networks = Array.from({ length: model.members }, (_, member) =>
      createMlp(tf, model.params, memberPrefix(member)),
    );
  }

  /** Microseconds of each kernel; 0 where its shapes or its operator are unknown. */
  predictUs({ facts, kernelMatrix }: Pick<ModelFeatures, "facts" | "kernelMatrix">): Float32Array {
    const x = standardise(kernelMatrix, this.model.scaler);
    const corrections = this.networks.map((network) => network.run(x));
    return Float32Array.from(facts, (kernel, row) => {
      if (!kernel.known) return 0;
      const correction = corrections.reduce((sum, values) => sum + (values[row] ?? 0), 0) / corrections.length;
      const bounded = Math.max(-MAX_KERNEL_CORRECTION, Math.min(MAX_KERNEL_CORRECTION, correction));
      return rooflineUs(this.model.roofline, kernel) * Math.exp(bounded);
    });
  }

  dispose(): void {
    this.networks.forEach((network) => network.dispose());
  }
}

export const KERNEL_WIDTH = KERNEL_FEATURE_NAMES.length;
