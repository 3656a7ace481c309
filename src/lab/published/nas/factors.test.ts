import { expect, it } from "vitest";
import { factorFeatures } from "../../../features/factor-features.js";
import { parseArchitecture } from "./architecture.js";
import { architectureFeatures, mergedFeatures } from "./factors.js";

const CELL = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|";

it("equal kernels are one that takes as long as all of them", () => {
  const features = architectureFeatures(parseArchitecture(CELL, "nasbench201"));
  const [all, merged] = [factorFeatures(features), mergedFeatures(features)];
  const sum = (logs: Float32Array): number => logs.reduce((total, log) => total + Math.exp(log), 0);
  expect(merged.logRoughUs.length).toBeLessThan(all.logRoughUs.length / 2);
  expect(sum(merged.logRoughUs) / sum(all.logRoughUs)).toBeCloseTo(1, 5);
});
