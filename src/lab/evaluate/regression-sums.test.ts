import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { SYNTHETIC_RULES, syntheticFeatures, syntheticKernelLatency, syntheticRegression } from "../../../test/helper/synthetic.js";
import { estimateConvolution } from "../../conv/estimate.js";
import { convolutionKeys } from "../../features/convolutions.js";
import { modelFeatures, type ModelFeatures } from "../../features/model-features.js";
import { KernelLatencyPredictor } from "../../model/kernel-latency.js";
import type { IdleExample } from "../train/examples.js";
import { calibratedSum, sumOfKernels, sumOfRegressions } from "./regression-sums.js";

const REGRESSION = syntheticRegression();
const FEATURES = syntheticFeatures(24, 2);

function example(features: ModelFeatures, latencyUs: number): IdleExample {
  return { id: String(latencyUs), family: "synthetic", features, latencyUs, kernelUs: null };
}

describe("sums over a model (synthetic)", () => {
  it("of the paper's regressions have all its convolutions and nothing else", () => {
    const each = convolutionKeys(FEATURES.graph).map((key) => estimateConvolution(REGRESSION, key)?.latencyUs ?? NaN);
    expect(each).toHaveLength(3);
    expect(sumOfRegressions(REGRESSION, FEATURES)).toBeCloseTo(each.reduce((sum, us) => sum + us, 0), 9);
  });

  it("of the paper's regressions leave out classes that were not swept", () => {
    const network = new Network();
    const depthwise = network.conv(network.input([1, 32, 8, 8]), 32, 32, { groups: 32 });
    expect(sumOfRegressions(REGRESSION, modelFeatures(network.graph(depthwise), SYNTHETIC_RULES))).toBe(0);
  });

  it("of kernels have them all, reorders included", () => {
    const kernels = new KernelLatencyPredictor(null, syntheticKernelLatency());
    const us = kernels.predictUs(FEATURES);
    expect(Math.min(...us)).toBeGreaterThan(0);
    expect(sumOfKernels(kernels, FEATURES)).toBeCloseTo(us.reduce((sum, value) => sum + value, 0), 6);
  });
});

describe("a calibrated sum", () => {
  const sum = ({ facts }: ModelFeatures): number => facts.length;
  const kernels = FEATURES.facts.length;

  it("is scaled by the median ratio in training, so that one odd model does not count", () => {
    const training = [2, 3, 1000].map((ratio) => example(FEATURES, ratio * kernels));
    const pairs = calibratedSum(sum, training, [example(FEATURES, 50)]);
    expect(pairs).toEqual([{ predicted: 3 * kernels, measured: 50 }]);
  });

  it("needs models to be scaled by", () => {
    expect(() => calibratedSum(sum, [], [example(FEATURES, 50)])).toThrow(RangeError);
  });
});
