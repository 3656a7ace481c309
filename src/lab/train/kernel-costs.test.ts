import { describe, expect, it } from "vitest";
import { Network } from "../../../test/helper/network.js";
import { ENGINE_SCHEMA, roughUs } from "../../features/factor-features.js";
import type { KernelClass } from "../../features/kernel-class.js";
import { modelFeatures } from "../../features/model-features.js";
import { logCostedUs } from "../../model/kernel-costs.js";
import type { SweepExample } from "./examples.js";
import { fitKernelCosts } from "./kernel-costs.js";

const RULES = { engine: "tflite", channelBlock: 0 } as const;
/** MADE-UP: what a run takes, and what classes take for each term of their rough latencies. */
const RUN_US = 3;
const COSTS: Readonly<Partial<Record<KernelClass, readonly number[]>>> = {
  conv: [0.9, 0.3, 0.3, 0.3, 0.3],
  "max-pool": [0.4, 0.4, 0.4, 0.4, 0.4],
  "local-norm": [0.3, 20, 0.3, 0.3, 0.3],
};

type Operator = (network: Network, channels: number, edge: number) => string;

const OPERATORS: readonly (readonly [name: string, operator: Operator])[] = [
  ["conv", (network, channels, edge) => network.conv(network.input([1, channels, edge, edge]), channels, 2 * channels)],
  ["pool", (network, channels, edge) => network.node("MaxPool", [network.input([1, channels, edge, edge])], { kernel_shape: [2, 2], strides: [2, 2] })],
  ["norm", (network, channels, edge) => network.node("LRN", [network.input([1, channels, edge, edge])], { size: 5 })],
];

function example(id: string, operator: Operator, channels: number, edge: number): SweepExample {
  const network = new Network();
  const features = modelFeatures(network.graph(operator(network, channels, edge)), RULES);
  const us = features.facts.map((facts) => ENGINE_SCHEMA.roughTerms(facts).reduce((sum, term, i) => sum + term * (COSTS[facts.kernelClass]?.[i] ?? 1), 0));
  return { id, features, latencyUs: us.reduce((sum, each) => sum + each, RUN_US) };
}

const SWEEP = OPERATORS.flatMap(([name, operator]) =>
  [8, 16, 32, 64].flatMap((channels) => [7, 14, 28, 56].map((edge) => example(`${name}-${channels}-${edge}`, operator, channels, edge))),
);

/** Of the kernels alone. */
function latencyUs({ features }: SweepExample, costs = fitKernelCosts(SWEEP, ENGINE_SCHEMA)): number {
  return logCostedUs(features.facts, ENGINE_SCHEMA, costs).reduce((sum, log) => sum + Math.exp(log), 0);
}

describe("costs of kernels", () => {
  it("are read off whole models, apart from what a run takes", () => {
    const costs = fitKernelCosts(SWEEP, ENGINE_SCHEMA);
    expect(Object.keys(costs.byClass).sort()).toEqual(["conv", "local-norm", "max-pool"]);
    for (const [name, operator] of OPERATORS) {
      const unseen = example(name, operator, 48, 40);
      // The prior draws what is twenty times as much as usual to it.
      expect(Math.abs(Math.log(latencyUs(unseen, costs) / (unseen.latencyUs - RUN_US))), name).toBeLessThan(0.1);
    }
  });

  it("hardly follow a model that is wrong by a factor", () => {
    const wrong = SWEEP.map((each, i) => (i === 3 ? { ...each, latencyUs: 5 * each.latencyUs } : each));
    const [conv] = SWEEP;
    if (conv === undefined) throw new Error("no sweep");
    const large = example("conv", (network, channels, edge) => network.conv(network.input([1, channels, edge, edge]), channels, channels), 48, 40);
    expect(latencyUs(large, fitKernelCosts(wrong, ENGINE_SCHEMA)) / latencyUs(large)).toBeCloseTo(1, 1);
  });

  it("are everybody's for a class that was not measured, and never nothing", () => {
    const costs = fitKernelCosts(SWEEP, ENGINE_SCHEMA);
    const network = new Network();
    const { facts } = modelFeatures(network.graph(network.node("Softmax", [network.input([1, 1000])])), RULES);
    const [softmax] = facts;
    if (softmax === undefined) throw new Error("no kernel");
    const rough = roughUs(ENGINE_SCHEMA, softmax);
    expect(Math.exp(logCostedUs(facts, ENGINE_SCHEMA, costs)[0] ?? NaN)).toBeCloseTo(costs.others * rough, 6);
    const free = { byClass: { softmax: [0, 0, 0, 0, 0] }, others: 1 };
    expect(Math.exp(logCostedUs(facts, ENGINE_SCHEMA, free)[0] ?? NaN)).toBeCloseTo(0.05 * rough, 6);
    expect(logCostedUs([{ ...softmax, known: false }], ENGINE_SCHEMA, costs)[0]).toBe(-Infinity);
  });

  it("need models", () => {
    expect(() => fitKernelCosts([], ENGINE_SCHEMA)).toThrow(RangeError);
  });
});
