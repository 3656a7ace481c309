import { estimateConvolution } from "../../conv/estimate.js";
import type { ConvolutionRegression } from "../../conv/regression.js";
import { convolutionKeys } from "../../features/convolutions.js";
import type { ModelFeatures } from "../../features/model-features.js";
import type { KernelLatencyPredictor } from "../../model/kernel-latency.js";
import { median } from "../dataset/statistics.js";
import type { IdleExample } from "../train/examples.js";
import type { Pair } from "./metrics.js";

/** The paper's convolution regressions, added up over a model; microseconds. */
export function sumOfRegressions(regression: ConvolutionRegression, features: ModelFeatures): number {
  return convolutionKeys(features.graph).reduce(
    (sum, key) => sum + (estimateConvolution(regression, key)?.latencyUs ?? 0),
    0,
  );
}

/** The engine-aware kernel latencies, added up over a model; microseconds. nn-Meter's way with better kernels. */
export function sumOfKernels(kernels: KernelLatencyPredictor, features: ModelFeatures): number {
  return kernels.predictUs(features).reduce((sum, us) => sum + us, 0);
}

/** Pairs of a sum, scaled by the median ratio that it misses training models by. */
export function calibratedSum(
  sum: (features: ModelFeatures) => number,
  training: readonly IdleExample[],
  test: readonly IdleExample[],
): Pair[] {
  const scale = median(training.map(({ features, latencyUs }) => latencyUs / sum(features)));
  return test.map(({ features, latencyUs }) => ({ predicted: scale * sum(features), measured: latencyUs }));
}
