import { beforeAll, describe, expect, it } from "vitest";
import { Network } from "../../test/helper/network.js";
import { SYNTHETIC_RULES, syntheticFeatures, syntheticKernelLatency } from "../../test/helper/synthetic.js";
import { rooflineUs } from "../conv/roofline.js";
import { modelFeatures } from "../features/model-features.js";
import { initBackend, type Tf } from "./backend.js";
import { KernelLatencyPredictor, type KernelLatencyModel, MAX_KERNEL_CORRECTION, memberPrefix } from "./kernel-latency.js";
import type { ParamSet } from "./params.js";

const MODEL = syntheticKernelLatency();
const FEATURES = syntheticFeatures(24, 2);

/** The same model with other constants out of its networks, whatever the kernel. */
function constantly(...corrections: readonly number[]): KernelLatencyModel {
  const params: ParamSet = new Map(
    corrections.flatMap((correction, member) => [
      [`${memberPrefix(member)}.0.weight`, { shape: [MODEL.scaler.mean.length, 1], data: new Float32Array(MODEL.scaler.mean.length) }],
      [`${memberPrefix(member)}.0.bias`, { shape: [1], data: Float32Array.of(correction) }],
    ]),
  );
  return { ...MODEL, params, members: corrections.length };
}

function ratios(model: KernelLatencyModel): number[] {
  const us = new KernelLatencyPredictor(null, model).predictUs(FEATURES);
  return FEATURES.facts.map((facts, i) => (us[i] ?? NaN) / rooflineUs(model.roofline, facts));
}

describe("the latency of kernels alone (synthetic)", () => {
  let tf: Tf;
  beforeAll(async () => {
    ({ tf } = await initBackend());
  });

  it("is the roofline times exp of the members' mean", () => {
    for (const ratio of ratios(constantly(0.1, 0.5))) expect(ratio).toBeCloseTo(Math.exp(0.3), 5);
  });

  it.each([1, -1])("never leaves the bounds of the correction (%i)", (sign) => {
    for (const ratio of ratios(constantly(sign * 40))) {
      expect(Math.log(ratio)).toBeCloseTo(sign * MAX_KERNEL_CORRECTION, 5);
    }
  });

  it("is 0 where the kernel is not known", () => {
    const network = new Network();
    const mystery = network.node("Frobnicate", [network.conv(network.input([1, 3, 8, 8]), 3, 8)], {}, "com.example");
    const features = modelFeatures(network.graph(mystery), SYNTHETIC_RULES);
    const us = new KernelLatencyPredictor(null, MODEL).predictUs(features);
    expect(features.facts.map(({ known }, i) => [known, (us[i] ?? 0) > 0])).toEqual([[true, true], [true, true], [false, false]]);
  });

  it("is the same on the backend as in plain loops", () => {
    const onBackend = new KernelLatencyPredictor(tf, MODEL);
    const plain = new KernelLatencyPredictor(null, MODEL).predictUs(FEATURES);
    onBackend.predictUs(FEATURES).forEach((us, i) => expect(us / (plain[i] ?? NaN)).toBeCloseTo(1, 4));
    onBackend.dispose();
  });
});
