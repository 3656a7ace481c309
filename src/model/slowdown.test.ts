import { describe, expect, it } from "vitest";
import { SYNTHETIC_IDLE, syntheticSlowdown, syntheticStates } from "../../test/helper/synthetic.js";
import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import { createRandom } from "./random.js";
import { JOINED_WIDTH } from "./additive.js";
import { completeState, MAX_KERNEL_SLOWDOWN, phi, PHI_WIDTH, SLOWDOWN_RANK, type SlowdownModel, slowdownName, SlowdownPredictor } from "./slowdown.js";
import { packSlowdown, unpackSlowdown } from "./slowdown-artifact.js";

const MODEL = syntheticSlowdown();
const predictor = new SlowdownPredictor(null, MODEL);

function effectOf(state: HardwareState): ReturnType<SlowdownPredictor["at"]> {
  const { values, mask } = stateVector(state);
  return predictor.at(values, mask);
}

function factorsOf(kernels: number, scale = 1): Float32Array {
  const random = createRandom(9);
  return Float32Array.from({ length: kernels * SLOWDOWN_RANK }, () => Math.tanh(scale * random.normal()));
}

describe("an idle device", () => {
  it("slows nothing down, to the last bit", () => {
    const factors = factorsOf(5);
    for (const state of [{}, SYNTHETIC_IDLE]) {
      const effect = effectOf(state);
      expect(effect.common).toBe(1);
      for (let row = 0; row < 5; row += 1) expect(effect.ofKernel(factors, row)).toBe(1);
    }
  });
});

describe("a state's effect", () => {
  it("is bounded for each kernel around what all kernels share", () => {
    const factors = factorsOf(20, 100);
    for (const state of syntheticStates(20, 3)) {
      const effect = effectOf(state);
      for (let row = 0; row < 20; row += 1) {
        const own = Math.abs(Math.log(effect.ofKernel(factors, row) / effect.common));
        expect(own).toBeLessThanOrEqual(MAX_KERNEL_SLOWDOWN + 1e-9);
      }
    }
  });

  it("is the common one for a kernel without factors", () => {
    const effect = effectOf({ utilization: 0.5 });
    expect(effect.ofKernel(new Float32Array(SLOWDOWN_RANK), 0)).toBe(effect.common);
  });

  it("takes what the state does not tell from what it tells", () => {
    const state = { utilization: 0.6 };
    const { values, mask } = stateVector(state);
    const complete = completeState(MODEL, values, mask);
    const field = (name: string): number => complete[STATE_FEATURE_NAMES.indexOf(name)] ?? NaN;
    expect(field("utilization")).toBeCloseTo(0.6, 6);
    // The synthetic run delay is about the utilization.
    expect(field("runDelayRatio")).toBeCloseTo(0.6, 1);
    const told = { utilization: 0.6, bandwidthGBs: field("bandwidthGBs"), runDelayRatio: field("runDelayRatio") };
    expect(effectOf(state).common).toBeCloseTo(effectOf(told).common, 5);
  });

  it("does not come from fields that training never varied", () => {
    expect(effectOf({ frequencyMHz: 800 }).common).toBe(1);
    expect(effectOf({ utilization: 0.3, frequencyMHz: 800 }).common).toBe(effectOf({ utilization: 0.3 }).common);
  });
});

describe("an ensemble", () => {
  const other = syntheticSlowdown(2);
  const networks = ["state", "stateLinear", "factors"] as const;
  /** MODEL and, as its second member, the networks of another. */
  const both: SlowdownModel = {
    ...MODEL,
    members: 2,
    params: new Map([
      ...MODEL.params,
      ...networks.flatMap((network) =>
        [...other.params].flatMap(([name, tensor]) => (name.startsWith(`${network}.`) ? [[slowdownName(1, network) + name.slice(network.length), tensor] as const] : [])),
      ),
    ]),
  };
  const second: SlowdownModel = { ...MODEL, params: other.params };
  const [joined, width] = [Float32Array.from({ length: 4 * JOINED_WIDTH }, (_, i) => Math.sin(i)), SLOWDOWN_RANK];

  it("slows each kernel down by the geometric mean of its members", () => {
    const [ensemble, first, last] = [both, MODEL, second].map((model) => new SlowdownPredictor(null, model));
    if (ensemble === undefined || first === undefined || last === undefined) throw new Error("no predictor");
    const { values, mask } = stateVector({ utilization: 0.7, bandwidthGBs: 9, runDelayRatio: 0.4 });
    const factors = ensemble.factors(joined);
    expect(factors).toHaveLength(4 * 2 * width);
    for (let row = 0; row < 4; row++) {
      const of = (predictor: SlowdownPredictor): number => predictor.at(values, mask).ofKernel(predictor.factors(joined), row);
      expect(of(first)).not.toBeCloseTo(of(last), 3);
      expect(ensemble.at(values, mask).ofKernel(factors, row)).toBeCloseTo(Math.sqrt(of(first) * of(last)), 5);
    }
  });

  it("comes back from an artifact, and a record that names no members has one", () => {
    const { params, record } = packSlowdown(both);
    expect(unpackSlowdown(params, record)).toMatchObject({ members: 2, rank: SLOWDOWN_RANK });
    const { slowdownMembers, ...older } = record;
    expect([slowdownMembers, unpackSlowdown(params, older).members]).toEqual([2, 1]);
    const fewer = new Map([...params].filter(([name]) => !name.startsWith("slowdown1.state.")));
    expect(() => unpackSlowdown(fewer, record)).toThrow('"slowdown1.state"');
  });
});

describe("phi", () => {
  const width = STATE_FEATURE_NAMES.length;
  const phiOf = (state: HardwareState): Float32Array => phi(stateVector(state).values);

  it("has the forms in which each field enters", () => {
    const [busy, logBusy, delay, bandwidth, inverse, frequency] = phiOf({
      utilization: 0.5,
      runDelayRatio: 1,
      bandwidthGBs: 10,
      frequencyMHz: 2000,
    });
    expect(busy).toBe(0.5);
    expect(logBusy).toBeCloseTo(Math.log(1.5), 6);
    expect(delay).toBeCloseTo(Math.log(2), 6);
    expect(bandwidth).toBeCloseTo(Math.log(10), 6);
    expect(inverse).toBeCloseTo(0.1, 6);
    expect(frequency).toBeCloseTo(-Math.log(2000), 5);
  });

  it("is finite for readings beyond what can be", () => {
    const odd = [{ utilization: -1 }, { utilization: 7 }, { bandwidthGBs: 0 }, { bandwidthGBs: -3 }, { runDelayRatio: -2 }];
    for (const state of odd) expect(phiOf(state).every(Number.isFinite)).toBe(true);
  });

  it("works row by row", () => {
    const states = syntheticStates(3).map((state) => stateVector(state).values);
    const together = phi(Float32Array.from(states.flatMap((values) => [...values])));
    expect(together).toHaveLength(3 * PHI_WIDTH);
    expect(states[1]).toHaveLength(width);
    expect(together.slice(PHI_WIDTH, 2 * PHI_WIDTH)).toEqual(phi(states[1] ?? new Float32Array()));
  });
});
