import { beforeAll, describe, expect, it } from "vitest";
import { syntheticIdleExamples, syntheticKernelExamples } from "../../../test/helper/synthetic-rows.js";
import { rooflineUs } from "../../conv/roofline.js";
import { initBackend, type Tf } from "../../model/backend.js";
import { KernelLatencyPredictor, type KernelLatencyModel } from "../../model/kernel-latency.js";
import type { KernelExample } from "./examples.js";
import { trainKernelLatency } from "./kernel-latency.js";

const EXAMPLES = syntheticKernelExamples(syntheticIdleExamples([1, 2, 3]));
const OPTIONS = { seed: 1, members: 2, epochs: 40, hidden: [16] };

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await initBackend());
});

const meanError = (examples: readonly KernelExample[], predict: (example: KernelExample) => number): number =>
  examples.reduce((sum, example) => sum + Math.abs(Math.log(predict(example) / example.latencyUs)), 0) / examples.length;

function served(model: KernelLatencyModel): (example: KernelExample) => number {
  const predictor = new KernelLatencyPredictor(null, model);
  return ({ features, kernel }) => predictor.predictUs(features)[kernel] ?? NaN;
}

describe("training of the kernel latency on synthetic data", () => {
  it("corrects what the roofline misses", async () => {
    const model = await trainKernelLatency(tf, EXAMPLES, [], OPTIONS);
    const ofRoofline = meanError(EXAMPLES, ({ features, kernel }) => {
      const facts = features.facts[kernel];
      return facts === undefined ? NaN : rooflineUs(model.roofline, facts);
    });
    expect(meanError(EXAMPLES, served(model))).toBeLessThan(ofRoofline);
    expect(meanError(EXAMPLES, served(model))).toBeLessThan(0.1);
  });

  it("has as many networks as asked for, each its own", async () => {
    const model = await trainKernelLatency(tf, EXAMPLES, [], { ...OPTIONS, epochs: 2, members: 3 });
    const biases = [0, 1, 2].map((member) => model.params.get(`kernel${member}.0.bias`)?.data);
    expect(model.members).toBe(3);
    expect(biases[0]).not.toEqual(biases[1]);
    expect(biases[1]).not.toEqual(biases[2]);
  });

  it("gives the same weights from the same seed", async () => {
    const [first, again] = [
      await trainKernelLatency(tf, EXAMPLES, [], { ...OPTIONS, epochs: 2 }),
      await trainKernelLatency(tf, EXAMPLES, [], { ...OPTIONS, epochs: 2 }),
    ];
    expect(again).toEqual(first);
  });

  it("leaves out kernels that are not known and times of nothing", async () => {
    const [example] = EXAMPLES;
    if (example === undefined) throw new Error("no example");
    const unknown = { ...example.features, facts: example.features.facts.map((facts) => ({ ...facts, known: false })) };
    const odd = [{ ...example, features: unknown }, { ...example, latencyUs: 0 }];
    const [clean, mixed] = [
      await trainKernelLatency(tf, EXAMPLES, [], { ...OPTIONS, epochs: 1 }),
      await trainKernelLatency(tf, [...EXAMPLES, ...odd], [], { ...OPTIONS, epochs: 1 }),
    ];
    expect(mixed).toEqual(clean);
  });
});
