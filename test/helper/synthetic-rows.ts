import type { IdleExample, KernelExample, LoadedExample } from "../../src/lab/train/examples.js";
import { createRandom } from "../../src/model/random.js";
import { syntheticFeatures, syntheticStates, syntheticUs } from "./synthetic.js";

/* SYNTHETIC training rows: labels out of a formula, see syntheticUs. */

const WIDTHS = [16, 20, 24, 30, 32, 40, 48, 64] as const;

/** One model of each width and depth. */
export function syntheticIdleExamples(depths: readonly number[] = [1, 2]): IdleExample[] {
  return WIDTHS.flatMap((width) =>
    depths.map((depth) => {
      const features = syntheticFeatures(width, depth);
      // A profiler that sees half of the time that there is: training rescales it.
      const kernelUs = Float32Array.from(features.facts, ({ macs, bytesIn, bytesOut }) => 1 + macs / 10_000 + (bytesIn + bytesOut) / 16_000);
      return { id: `net-${width}-${depth}`, family: "synthetic", features, latencyUs: syntheticUs(features), kernelUs };
    }),
  );
}

/** Every idle example in some states. */
export function syntheticLoadedExamples(idle: readonly IdleExample[], statesEach = 4): LoadedExample[] {
  return idle.flatMap(({ id, family, features, latencyUs: idleUs }, i) =>
    syntheticStates(statesEach, 50 + i).map((state, k) => ({
      id,
      family,
      stateName: `state-${k}`,
      features,
      state,
      readings: [state],
      latencyUs: syntheticUs(features, state),
      idleUs,
    })),
  );
}

/** Every kernel of the examples by itself, with a little noise on its time. */
export function syntheticKernelExamples(idle: readonly IdleExample[]): KernelExample[] {
  const random = createRandom(77);
  return idle.flatMap(({ features }) =>
    features.facts.map(({ macs, bytesIn, bytesOut, outChannels }, kernel) => ({
      features,
      kernel,
      // Beyond the roofline's terms: wide kernels are a little more efficient.
      latencyUs: (2 + macs / 5000 + (bytesIn + bytesOut) / 8000) * (1 + 4 / (4 + outChannels)) * Math.exp(0.01 * random.normal()),
    })),
  );
}
