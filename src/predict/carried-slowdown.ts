import { STATE_FEATURE_NAMES, stateVector } from "../features/state-vector.js";
import type { HardwareState } from "../features/state.js";
import { type SlowdownModel, SlowdownPredictor } from "../model/slowdown.js";
import { halfWidthOfTransfer, type IntervalCalibration } from "./interval.js";

/** What a state does to a target that was measured idle only. */
export interface CarriedEffect {
  /** On the latency. */
  readonly factor: number;
  /** What the carrying adds to the half-width of the interval, on log latency. */
  readonly halfWidth: number;
  /** Fields of the state that were used. */
  readonly used: readonly string[];
}

const NO_EFFECT: CarriedEffect = { factor: 1, halfWidth: 0, used: [] };

/** What tells how a core is shared means the same on every machine; GB/s of bandwidth do not. */
const SHARING = ["utilization", "runDelayRatio"] as const satisfies readonly (keyof HardwareState)[];

/**
 * The slowdown that was learned on a measured machine, carried over to others: the part that all kernels have in common,
 * because the core is shared, and none of what memory traffic does, because machines differ in it.
 */
export class CarriedSlowdown {
  private readonly slowdown: SlowdownPredictor;

  constructor(
    model: SlowdownModel,
    private readonly interval: IntervalCalibration,
  ) {
    this.slowdown = new SlowdownPredictor(null, model);
  }

  effect(state: HardwareState): CarriedEffect {
    const used = SHARING.filter((field) => state[field] !== undefined);
    if (used.length === 0) return NO_EFFECT;
    const { values, mask } = stateVector(state);
    const sharing = mask.map((known, i) => (used.some((field) => field === STATE_FEATURE_NAMES[i]) ? known : 0));
    return {
      // A load never makes anything faster, whatever the network says near its zero.
      factor: Math.max(1, this.slowdown.at(values, sharing).common),
      halfWidth: halfWidthOfTransfer(this.interval, used),
      used,
    };
  }
}
