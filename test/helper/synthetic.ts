import type { SweepRow } from "../../src/conv/convolution.js";
import { fitConvolutionRegression, type ConvolutionRegression } from "../../src/conv/regression.js";
import { KERNEL_FEATURE_NAMES } from "../../src/features/kernel-features.js";
import { modelFeatures, type ModelFeatures } from "../../src/features/model-features.js";
import { stateVector } from "../../src/features/state-vector.js";
import type { HardwareState } from "../../src/features/state.js";
import type { EngineRules } from "../../src/graph/kernels/lower.js";
import type { Graph } from "../../src/graph/types.js";
import { type AdditiveModel, JOINED_WIDTH, NODE_INPUT_WIDTH, nodeInputs } from "../../src/model/additive.js";
import { initLayers } from "../../src/model/dense.js";
import { initGcn } from "../../src/model/gcn.js";
import { type KernelLatencyModel, KernelLatencyPredictor, memberPrefix } from "../../src/model/kernel-latency.js";
import { mergeParams } from "../../src/model/params.js";
import { createRandom } from "../../src/model/random.js";
import { fitScaler } from "../../src/model/scaler.js";
import { phi, PHI_WIDTH, SLOWDOWN_RANK, type SlowdownModel } from "../../src/model/slowdown.js";
import { fitStateDistribution } from "../../src/model/state-distribution.js";
import { Network } from "./network.js";

/*
 * SYNTHETIC predictors and data: weights out of a random generator, latencies out of a formula. They show that code
 * agrees with itself and say nothing of any device.
 */

export const SYNTHETIC_RULES: EngineRules = { engine: "onnxruntime", channelBlock: 8 };

/** A small residual network: stem, `depth` residual blocks of `width` channels, classifier. */
export function syntheticGraph(width: number, depth: number): Graph {
  const network = new Network();
  let value = network.node("Relu", [network.conv(network.input([1, 3, 16, 16]), 3, width)]);
  for (let block = 0; block < depth; block += 1) {
    value = network.node("Relu", [network.node("Add", [network.conv(value, width, width), value])]);
  }
  const pooled = network.node("Flatten", [network.node("GlobalAveragePool", [network.node("Elu", [value])])]);
  return network.graph(network.node("Gemm", [pooled, network.constant([width, 10])]));
}

export function syntheticFeatures(width: number, depth: number): ModelFeatures {
  return modelFeatures(syntheticGraph(width, depth), SYNTHETIC_RULES);
}

/** Several networks of different widths and depths. */
export function syntheticFamily(): ModelFeatures[] {
  return [16, 24, 30, 40].flatMap((width) => [1, 2, 3].map((depth) => syntheticFeatures(width, depth)));
}

/** A device that is idle. */
export const SYNTHETIC_IDLE: HardwareState = { utilization: 0.01, bandwidthGBs: 20, runDelayRatio: 0.002 };

export function syntheticStates(count: number, seed = 1): HardwareState[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const utilization = 0.9 * random.uniform();
    return {
      utilization,
      bandwidthGBs: 20 - 10 * random.uniform(),
      runDelayRatio: utilization * (0.9 + 0.2 * random.uniform()),
    };
  });
}

/** Microseconds that the synthetic device takes: so much for each MAC and each byte, more under load. */
export function syntheticUs({ facts }: ModelFeatures, { utilization = 0 }: HardwareState = {}): number {
  const idle = facts.reduce((sum, { macs, bytesIn, bytesOut }) => sum + 2 + macs / 5000 + (bytesIn + bytesOut) / 8000, 10);
  return idle * (1 + utilization);
}

export function syntheticKernelLatency(seed = 1): KernelLatencyModel {
  const random = createRandom(seed);
  const width = KERNEL_FEATURE_NAMES.length;
  const members = 2;
  return {
    roofline: {
      coefficients: new Map([["conv/blocked", [2, 1 / 5000, 1 / 8000, 0, 0, 0]]]),
      fallback: [2, 1 / 4000, 1 / 8000, 1 / 9000, 1 / 9000, 0.01],
    },
    scaler: fitScaler(syntheticFamily().map(({ kernelMatrix }) => kernelMatrix), width),
    params: mergeParams(
      ...Array.from({ length: members }, (_, member) =>
        initLayers(memberPrefix(member), [width, 16, 1], random, { finalScale: 0.3 }),
      ),
    ),
    members,
  };
}

export function syntheticSlowdown(seed = 1): SlowdownModel {
  const random = createRandom(seed);
  const vectors = syntheticStates(40, seed).map((state) => stateVector(state).values);
  const idle = stateVector(SYNTHETIC_IDLE).values;
  const outputs = 1 + SLOWDOWN_RANK;
  return {
    distribution: fitStateDistribution([...vectors, idle].map((vector) => [...vector])),
    scaler: fitScaler(vectors.map(phi), PHI_WIDTH),
    idle,
    params: mergeParams(
      initLayers("state", [PHI_WIDTH, 24, outputs], random, { scheme: "glorot" }),
      initLayers("stateLinear", [PHI_WIDTH, outputs], random, { scheme: "glorot" }),
      initLayers("factors", [JOINED_WIDTH, 32, SLOWDOWN_RANK], random),
    ),
    rank: SLOWDOWN_RANK,
    members: 1,
  };
}

export function syntheticAdditive(seed = 1): AdditiveModel {
  const random = createRandom(seed);
  const kernelLatency = syntheticKernelLatency(seed);
  const kernels = new KernelLatencyPredictor(null, kernelLatency);
  const inputs = syntheticFamily().map((features) => nodeInputs(features.kernelMatrix, kernels.predictUs(features)));
  return {
    kernelLatency,
    scaler: fitScaler(inputs, NODE_INPUT_WIDTH),
    params: mergeParams(
      initGcn(NODE_INPUT_WIDTH, random),
      initLayers("correction", [JOINED_WIDTH, 64, 1], random),
      new Map([["overhead", { shape: [1], data: Float32Array.of(Math.log(10)) }]]),
    ),
    slowdown: syntheticSlowdown(seed),
  };
}

/** The paper's regression, fitted to a device that obeys it. */
export function syntheticRegression(): ConvolutionRegression {
  const rows: SweepRow[] = [];
  for (const kernel of [1, 3]) {
    for (const inputSize of [8, 16, 32]) {
      for (const inChannels of [3, 16, 40]) {
        for (const outChannels of [8, 24, 48]) {
          const macs = inputSize ** 2 * kernel ** 2 * inChannels * outChannels;
          rows.push({ kernel, inputSize, inChannels, outChannels, stride: 1, groups: 1, latencyUs: 3 + macs / 5000 });
        }
      }
    }
  }
  return fitConvolutionRegression(rows);
}
