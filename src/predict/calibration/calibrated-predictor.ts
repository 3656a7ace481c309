import type { ModelFeatures } from "../../features/model-features.js";
import type { HardwareState } from "../../features/state.js";
import type { KernelLatencies, LatencyPredictor } from "../../model/predictor.js";
import type { Corrections } from "./corrections.js";

interface CalibratedEmbedding {
  readonly base: unknown;
  /** One per kernel. */
  readonly factors: Float32Array;
}

/** A predictor whose kernels take exp(bias + correction of their class) times as long as a base predictor says. */
export class CalibratedPredictor implements LatencyPredictor<CalibratedEmbedding> {
  constructor(
    private readonly base: LatencyPredictor,
    private readonly corrections: Corrections,
  ) {}

  embed(features: ModelFeatures): CalibratedEmbedding {
    const { bias, byClass } = this.corrections;
    const factors = Float32Array.from(features.facts, ({ kernelClass }) => Math.exp(bias + (byClass.get(kernelClass) ?? 0)));
    return { base: this.base.embed(features), factors };
  }

  predict({ base, factors }: CalibratedEmbedding, state: HardwareState): KernelLatencies {
    const { totalUs, kernelUs } = this.base.predict(base, state);
    const beside = totalUs - kernelUs.reduce((sum, us) => sum + us, 0);
    const scaled = kernelUs.map((us, i) => us * (factors[i] ?? 1));
    const { bias, byClass } = this.corrections;
    const overhead = Math.max(0, beside) * Math.exp(bias + (byClass.get("run") ?? 0));
    return { totalUs: scaled.reduce((sum, us) => sum + us, overhead), kernelUs: scaled };
  }

  /** The base stays as it is: others may use it. */
  dispose(): void {
    // Nothing of its own to free.
  }
}
