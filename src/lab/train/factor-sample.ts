import type { FactorFeatures } from "../../features/factor-features.js";
import type { Configuration } from "../../model/factors.js";

/** One measured latency. Samples of one graph share the `features` object, those of one configuration its id, all their schema. */
export interface FactorSample {
  readonly graphId: string;
  readonly family: string;
  readonly features: FactorFeatures;
  readonly configuration: Configuration;
  /** Logarithms of rough latencies of the kernels in this configuration; without them, those of the features. */
  readonly logBaseUs?: Float32Array;
  readonly latencyUs: number;
  /** What a profile says of some of its kernels; they need not be all. */
  readonly parts?: readonly FactorPart[];
}

/** Kernels that a profile times together. */
export interface FactorPart {
  /** Rows of the features, of known cost. */
  readonly kernels: readonly number[];
  readonly latencyUs: number;
}
